import { mkdir, rm, writeFile, type FileHandle } from 'node:fs/promises';
import fileSystem from 'node:fs/promises';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { fileHandles, SpoolHarness, systemError } from '../../testing/spool.harness.js';

let harness: SpoolHarness;
let handles: FileHandle;
let errors: jest.SpyInstance;
let news: jest.SpyInstance;

beforeEach(async () => {
  harness = await SpoolHarness.build();
  handles = await fileHandles();
  errors = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  news = jest.spyOn(Logger.prototype, 'log').mockReturnValue();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const MIB = 1024 * 1024;

const withFree = (bytes: number) =>
  jest.spyOn(fileSystem, 'statfs').mockResolvedValue({ bavail: bytes / 4096, bsize: 4096 } as never);

describe('the health of the spool', () => {
  it('is good in a directory that is there or can be made, and leaves nothing behind', async () => {
    const { health } = harness.process();
    await health.onModuleInit();
    expect(health.isWritable()).toBe(true);
    expect(health.freeBytes).toBeGreaterThan(0);
    expect([health.files, health.bytes]).toEqual([0, 0]);
    expect(await harness.names()).toEqual([]);
    expect(errors).not.toHaveBeenCalled();
    expect(news).not.toHaveBeenCalled();
  });

  it('says how many files the spool has and how large they are', async () => {
    const { append, health } = harness.process();
    await append('x'.repeat(10_000));
    await harness.process('other').append();
    await health.check();
    expect(health.files).toBe(2);
    expect(health.bytes).toBeGreaterThan(10_000);
  });

  it('is bad while the directory cannot be made, is logged once a change, and gets good again', async () => {
    const { health } = harness.process();
    await writeFile(harness.directory, '');
    for (let n = 0; n < 3; n++) await health.run();
    expect(health.isWritable()).toBe(false);
    expect(health.freeBytes).toBe(0);
    expect(errors).toHaveBeenCalledTimes(1);
    expect(errors.mock.calls).toMatchObject([[{ msg: 'spool not writable: EEXIST', code: 'EEXIST' }]]);

    await rm(harness.directory);
    for (let n = 0; n < 3; n++) await health.run();
    expect(health.isWritable()).toBe(true);
    expect(news.mock.calls).toMatchObject([[{ msg: 'spool writable again' }]]);
  });

  it('is bad where a file has the name of a parent directory', async () => {
    const directory = path.dirname(harness.directory);
    await rm(directory, { recursive: true });
    await writeFile(directory, '');
    const { health } = harness.process();
    await health.check();
    expect(health.isWritable()).toBe(false);
  });

  it('is bad from the first answer that cannot be written on, and good after the next check', async () => {
    const { health, append } = harness.process();
    jest.spyOn(handles, 'appendFile').mockRejectedValueOnce(systemError('EROFS'));
    await expect(append()).rejects.toThrow('EROFS');
    expect(health.isWritable()).toBe(false);
    expect(errors.mock.calls).toMatchObject([[{ msg: 'spool not writable: EROFS' }]]);
    await health.check();
    expect(health.isWritable()).toBe(true);
  });

  it('stays bad when an answer could not be written during the check', async () => {
    const { health } = harness.process();
    jest.spyOn(handles, 'datasync').mockImplementationOnce(() => {
      health.failed(systemError('ENOSPC'));
      return Promise.resolve();
    });
    await health.check();
    expect(health.isWritable()).toBe(false);
    await health.check();
    expect(health.isWritable()).toBe(true);
  });

  it.each(['writeFile', 'datasync'] as const)(
    'is bad when %s fails, and leaves nothing behind',
    async (step) => {
      const { health } = harness.process();
      jest.spyOn(handles, step).mockRejectedValueOnce(systemError('EDQUOT'));
      await health.check();
      expect(health.isWritable()).toBe(false);
      expect(await harness.names()).toEqual([]);
      expect(errors.mock.calls).toMatchObject([[{ code: 'EDQUOT' }]]);
    },
  );

  it('is bad before the disk is full: with less than 64 MiB left', async () => {
    const { health } = harness.process();
    await mkdir(harness.directory);
    withFree(64 * MIB - 4096);
    await health.check();
    expect(health.isWritable()).toBe(false);
    expect(health.freeBytes).toBe(64 * MIB - 4096);
    expect(errors.mock.calls).toMatchObject([[{ msg: 'spool not writable: ENOSPC' }]]);
    withFree(64 * MIB);
    await health.check();
    expect(health.isWritable()).toBe(true);
  });

  it('is bad while the disk does not answer, and asks it no second time', async () => {
    const { health } = harness.process();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    try {
      let answer!: () => void;
      const datasync = jest
        .spyOn(handles, 'datasync')
        .mockReturnValueOnce(new Promise<void>((resolve) => (answer = resolve)));
      for (let n = 0; n < 2; n++) {
        const check = health.check();
        await until(() => datasync.mock.calls.length === 1);
        await jest.advanceTimersByTimeAsync(10_000);
        await check;
        expect(health.isWritable()).toBe(false);
      }
      expect(datasync).toHaveBeenCalledTimes(1);
      expect(errors.mock.calls).toMatchObject([[{ msg: 'spool not writable: ETIMEDOUT' }]]);
      answer();
      await health.check();
      expect(health.isWritable()).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((turn) => setImmediate(turn));
}
