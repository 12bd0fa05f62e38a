import { mkdir, rm, stat, symlink, writeFile, type FileHandle } from 'node:fs/promises';
import fileSystem from 'node:fs/promises';
import { Secret } from '@consent-hub/psd2-protocol';
import { aRequest, fileHandles, SpoolHarness, systemError } from '../../testing/spool.harness.js';

let harness: SpoolHarness;
let handles: FileHandle;

beforeEach(async () => {
  harness = await SpoolHarness.build();
  handles = await fileHandles();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const MIB = 1024 * 1024;

describe('an answer that is appended', () => {
  it.each([
    ['is empty', ''],
    ['holds halves of surrogate pairs', 'a\ud800b\udc00\udfff'],
    ['holds what ends lines and texts', '"}\n\r\u2028,"sealed":"\0\\'],
    ['has a mebibyte', `é${'x'.repeat(MIB)}`],
  ])('comes back as it was when it %s', async (_, body) => {
    const { consentId } = await harness.process('one').append(body);
    expect(await harness.process('other').opened(consentId)).toEqual([body]);
  });

  it('shares a flush with hundreds of others, in lines that each open without the rest', async () => {
    const { append, spool } = harness.process('one');
    const datasync = jest.spyOn(handles, 'datasync');
    const bodies = Array.from({ length: 300 }, (_, n) => `${n} ${'x'.repeat(10_000)}`);
    const requests = await Promise.all(bodies.map((body) => append(body)));
    // One flush for the first answer, one for all that came during that flush.
    expect(datasync).toHaveBeenCalledTimes(2);
    const other = harness.process('other');
    for (const n of [0, 1, 150, 299])
      expect(await other.opened(requests[n]?.consentId ?? '')).toEqual([bodies[n]]);
    const [found] = await other.spool.find(requests[0]?.consentId ?? '', 0);
    expect(found?.flush.requests).toHaveLength(1);
    const [among] = await other.spool.find(requests[150]?.consentId ?? '', 0);
    expect(among?.flush.requests.length).toBeLessThan(30);
    expect(spool.hasAnswer(requests[299] ?? aRequest())).toBe(true);
  });

  it('fails alone when it cannot be sealed', async () => {
    const { sealer, append, opened } = harness.process();
    const sealSpooled = sealer.sealSpooled.bind(sealer);
    jest.spyOn(sealer, 'sealSpooled').mockImplementation((answers) => {
      if (answers.some(({ body }) => body.reveal() === 'bad')) throw new Error('not sealed');
      return sealSpooled(answers);
    });
    const bodies = ['first', 'good', 'bad', 'better'];
    const appended = await Promise.allSettled(bodies.map((body) => append(body)));
    expect(appended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    for (const [n, result] of appended.entries())
      if (result.status === 'fulfilled') expect(await opened(result.value.consentId)).toEqual([bodies[n]]);
    expect(harness.process('other').health.isWritable()).toBe(true);
  });
});

describe('a step that fails while answers are appended', () => {
  const fail = (method: 'appendFile' | 'datasync' | 'stat') => () =>
    jest.spyOn(handles, method).mockRejectedValueOnce(systemError('EIO'));
  const steps = [
    [
      'the directory is made',
      () => jest.spyOn(fileSystem, 'mkdir').mockRejectedValueOnce(systemError('EACCES')),
    ],
    ['the file is made', () => jest.spyOn(fileSystem, 'open').mockRejectedValueOnce(systemError('EMFILE'))],
    [
      'its name is brought to the disk',
      () => jest.spyOn(handles, 'sync').mockRejectedValueOnce(systemError('EIO')),
    ],
    ['the line is written', fail('appendFile')],
    ['the line is brought to the disk', fail('datasync')],
    ['the status of the file is read', fail('stat')],
  ] as const;

  it.each(steps)('rejects when %s, and appends the next answers', async (_, breakIt) => {
    const { append, opened, health } = harness.process();
    breakIt();
    await expect(append('lost')).rejects.toThrow('fails on purpose');
    expect(health.isWritable()).toBe(false);
    const { consentId } = await append('next');
    expect(await opened(consentId)).toEqual(['next']);
    expect(await harness.process('other').opened(consentId)).toEqual(['next']);
  });

  it.each(steps.slice(3))('leads to a new file when %s in one that was good', async (_, breakIt) => {
    const { append, spool } = harness.process();
    const before = await append('before');
    const name = spool.currentFile;
    breakIt();
    const after = await append('after');
    expect(spool.currentFile).not.toBe(name);
    const other = harness.process('other');
    for (const [{ consentId }, body] of [
      [before, 'before'],
      [after, 'after'],
    ] as const)
      expect((await other.opened(consentId))[0]).toBe(body);
  });

  it.each(steps.slice(0, 4))('leaves no file when %s', async (_, breakIt) => {
    const { append } = harness.process();
    await mkdir(harness.directory);
    breakIt();
    await expect(append()).rejects.toThrow();
    expect(await harness.names()).toEqual([]);
  });

  it('cuts off a line that was written half, and keeps what was whole', async () => {
    const { append, spool } = harness.process();
    const { consentId } = await append('whole');
    const name = spool.currentFile ?? '';
    const { size } = await stat(harness.pathOf(name));
    const halfWritten = jest.spyOn(handles, 'appendFile').mockImplementationOnce(async function (
      this: FileHandle,
      data,
    ) {
      await this.write(String(data).slice(0, 100));
      throw systemError('ENOSPC');
    });
    await append('next');
    expect(halfWritten).toHaveBeenCalledTimes(2);
    expect((await stat(harness.pathOf(name))).size).toBe(size);
    expect(await harness.process('other').opened(consentId)).toEqual(['whole']);
  });
});

describe('a disk without room', () => {
  it('refuses every answer, is known at once, and is not filled with empty files', async () => {
    const { append, settings, health, opened } = harness.process();
    await mkdir(harness.directory);
    // Files of this process lead to the device that is always full.
    const names = Array.from({ length: 5 }, (_, n) => `${settings.owner}.${n + 1}.answers`);
    for (const name of names) await symlink('/dev/full', harness.pathOf(name));
    for (let n = 0; n < 5; n++) await expect(append()).rejects.toThrow('ENOSPC');
    expect(health.isWritable()).toBe(false);
    expect(await harness.names()).toEqual([]);
    const { consentId } = await append('room again');
    expect(await opened(consentId)).toEqual(['room again']);
  });

  it('takes no answer while a file has its name, and takes answers once that file is removed', async () => {
    const { append, opened, health } = harness.process();
    await writeFile(harness.directory, '');
    await expect(append()).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await opened(aRequest().consentId)).toEqual([]);
    expect(health.isWritable()).toBe(false);
    await rm(harness.directory);
    const { consentId } = await append('back');
    expect(await opened(consentId)).toEqual(['back']);
  });

  it('loses no answer when the whole directory is removed under it', async () => {
    const { append, spool, health } = harness.process();
    await append('before');
    await rm(harness.directory, { recursive: true });
    const request = aRequest();
    await spool.append(request, { body: new Secret('after') });
    expect(await harness.process('other').opened(request.consentId)).toEqual(['after']);
    expect(health.isWritable()).toBe(true);
  });
});
