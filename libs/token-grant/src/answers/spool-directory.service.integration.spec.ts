import { appendFile, mkdir, rm, stat, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { Secret } from '@consent-hub/psd2-protocol';
import { aRequest, fileHandles, SpoolHarness } from '../../testing/spool.harness.js';
import { toLine } from './spooled-answer.js';

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

/** Bytes that are read while something is done. */
async function bytesRead(doing: () => Promise<unknown>): Promise<number> {
  const read = jest.spyOn(handles, 'read');
  await doing();
  const results = (await Promise.all(read.mock.results.map(({ value }) => value as unknown))) as {
    bytesRead: number;
  }[];
  read.mockRestore();
  return results.reduce((sum, each) => sum + each.bytesRead, 0);
}

const LONG = 'a'.repeat(100_000);

describe('finding an answer in the spool', () => {
  it('reads its own line and nothing else, once the rest is known', async () => {
    const [one, other] = [harness.process('one'), harness.process('other')];
    const requests = [];
    for (let n = 0; n < 20; n++) requests.push(await one.append(`${n} ${LONG}`));
    const [wanted] = requests;
    if (!wanted) throw new Error('nothing appended');
    await other.spool.find(wanted.consentId, 0);

    const line = (await stat(harness.pathOf(one.spool.currentFile ?? ''))).size / 20;
    for (const { spool } of [one, other]) {
      const read = await bytesRead(async () => {
        expect(await spool.find(wanted.consentId, 1)).toMatchObject([{ request: wanted }]);
      });
      expect(read).toBeGreaterThan(LONG.length);
      expect(read).toBeLessThanOrEqual(Math.ceil(line) + 10);
    }
  });

  it('reads nothing when there is no such answer', async () => {
    const { append, spool } = harness.process();
    const { consentId } = await append(LONG);
    expect(await bytesRead(() => spool.find(consentId, 2))).toBe(0);
    expect(await bytesRead(() => spool.find(aRequest().consentId, 0))).toBe(0);
  });

  it('sees what another process has appended a moment ago, and reads only that', async () => {
    const [one, other] = [harness.process('one'), harness.process('other')];
    await one.append(LONG);
    const { consentId } = await one.append(LONG);
    await other.spool.find(consentId, 0);
    await one.append('second', { consentId, expectedGeneration: 2 });
    const read = await bytesRead(async () => {
      expect(await other.opened(consentId, 2)).toEqual(['second']);
    });
    expect(read).toBeLessThan(LONG.length);
    expect(other.spool.hasAnswer(aRequest({ consentId, expectedGeneration: 2 }))).toBe(true);
  });

  it('reads what is new once for a hundred callers that come together', async () => {
    const [one, other] = [harness.process('one'), harness.process('other')];
    const { consentId } = await one.append(LONG);
    const { size } = await stat(harness.pathOf(one.spool.currentFile ?? ''));
    const absent = Array.from({ length: 100 }, () => aRequest().consentId);
    expect(await bytesRead(() => Promise.all(absent.map((id) => other.spool.find(id, 0))))).toBe(size);
    expect(await other.opened(consentId)).toEqual([LONG]);
  });

  it('returns answers in the order of their generations, from all processes', async () => {
    const [one, other] = [harness.process('one'), harness.process('other')];
    const { consentId } = await one.append('third', { expectedGeneration: 3 });
    await other.append('first', { consentId, expectedGeneration: 1 });
    await one.append('second', { consentId, expectedGeneration: 2 });
    expect(await harness.process('third').opened(consentId)).toEqual(['first', 'second', 'third']);
    expect(await harness.process('fourth').opened(consentId, 2)).toEqual(['second', 'third']);
  });

  it('finds none in a file that was removed since it was read', async () => {
    const [one, other] = [harness.process('one'), harness.process('other')];
    const { consentId } = await one.append();
    expect(await other.opened(consentId)).toEqual(['answer']);
    await rm(harness.pathOf(one.spool.currentFile ?? ''));
    expect(await other.opened(consentId)).toEqual([]);
  });

  it('opens lines that an earlier version has written', async () => {
    const { sealer, opened } = harness.process();
    const requests = [aRequest(), aRequest({ expectedGeneration: 2 })];
    const sealed = sealer.sealSpooled(requests.map((request) => ({ request, body: new Secret(request.id) })));
    const entries = requests.map((request) => ({
      ...request,
      sentAt: request.sentAt.getTime(),
      leaseEndsAt: request.leaseEndsAt.getTime(),
    }));
    const line = `\n${JSON.stringify({ requests: entries, sealed: sealed.toString('base64') })}\n`;
    await mkdir(harness.directory);
    await writeFile(harness.pathOf('earlier.1.answers'), line);
    for (const { consentId, id } of requests) expect(await opened(consentId)).toEqual([id]);
  });
});

describe('reading a file of the spool', () => {
  async function readAll(spool: ReturnType<SpoolHarness['process']>, name: string, offset = 0) {
    const found = [];
    let end = offset;
    for await (const { answers, nextOffset } of spool.directory.read(name, offset)) {
      found.push(...answers);
      end = nextOffset;
    }
    return { found, end };
  }

  it('goes through it in pieces, a line longer than any of them included', async () => {
    const { sealer, ...spool } = harness.process();
    const bodies = ['short', 'long '.repeat(1_000_000), 'short again'];
    const requests = bodies.map((_, n) => aRequest({ expectedGeneration: n }));
    const lines = requests.map((request, n) => {
      const sealed = sealer.sealSpooled([{ request, body: new Secret(bodies[n] ?? '') }]);
      return toLine({ requests: [request], sealed });
    });
    await mkdir(harness.directory);
    await writeFile(harness.pathOf('long.1.answers'), Buffer.concat(lines));
    const { found, end } = await readAll({ sealer, ...spool }, 'long.1.answers');
    expect(found.map(({ request }) => request)).toEqual(requests);
    expect(
      found.map(
        (answer) => sealer.openSpooled(answer).body.reveal() === bodies[answer.request.expectedGeneration],
      ),
    ).toEqual([true, true, true]);
    expect(end).toBe((await stat(harness.pathOf('long.1.answers'))).size);
  });

  it.each([
    ['in the requests', (line: string) => line.slice(0, 40)],
    ['in the sealed answers', (line: string) => line.slice(0, -10)],
    [
      'where the disk had no data yet',
      (line: string) => line.slice(0, -60) + '\0'.repeat(50) + line.slice(-10),
    ],
  ])('skips a line torn %s with one warning, and reads on behind it', async (_, tear) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { sealer, append, ...one } = harness.process('one');
    await append();
    const name = one.spool.currentFile ?? '';
    const torn = aRequest();
    const sealed = sealer.sealSpooled([{ request: torn, body: new Secret('torn') }]);
    const text = toLine({ requests: [torn], sealed })
      .toString()
      .trimEnd();
    const offset = (await stat(harness.pathOf(name))).size;
    await appendFile(harness.pathOf(name), `${tear(text)}\n`);
    await appendFile(harness.pathOf(name), toLine({ requests: [aRequest()], sealed }));

    const other = harness.process('other');
    for (let n = 0; n < 3; n++) expect((await readAll(other, name)).found).toHaveLength(2);
    expect(await other.opened(torn.consentId)).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [{ msg: 'incomplete line of a spool file skipped', file: name, offset }],
    ]);
  });

  it('skips the unfinished line of an ended process with one warning, and reads it once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const one = harness.process('one');
    const { consentId } = await one.append();
    const name = one.spool.currentFile ?? '';
    const offset = (await stat(harness.pathOf(name))).size;
    await appendFile(harness.pathOf(name), '{"requests":[{"id"');
    const other = harness.process('other');
    expect((await readAll(other, name)).found).toHaveLength(1);
    // It may be about to be finished.
    expect(warn).not.toHaveBeenCalled();

    const minutesAgo = new Date(Date.now() - 120_000);
    await utimes(harness.pathOf(name), minutesAgo, minutesAgo);
    expect(await bytesRead(() => readAll(other, name, offset))).toBe(0);
    expect(await bytesRead(() => other.spool.find(aRequest().consentId, 0))).toBe(0);
    expect((await readAll(other, name)).found).toHaveLength(1);
    expect(await other.opened(consentId)).toEqual(['answer']);
    expect(warn.mock.calls).toEqual([
      [{ msg: 'incomplete line of a spool file skipped', file: name, offset }],
    ]);
  });

  it('reads a line that was unfinished at first once it is whole', async () => {
    const { sealer } = harness.process('one');
    const request = aRequest();
    const line = toLine({
      requests: [request],
      sealed: sealer.sealSpooled([{ request, body: new Secret('x') }]),
    });
    await mkdir(harness.directory);
    await writeFile(harness.pathOf('slow.1.answers'), line.subarray(0, 50));
    const other = harness.process('other');
    expect(await other.opened(request.consentId)).toEqual([]);
    await appendFile(harness.pathOf('slow.1.answers'), line.subarray(50));
    expect(await other.opened(request.consentId)).toEqual(['x']);
  });
});
