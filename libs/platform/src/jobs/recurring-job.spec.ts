import { Injectable, Logger } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test, type TestingModule } from '@nestjs/testing';
import { RecurringJob } from './recurring-job.js';

/** Each run ends when the test says so. */
@Injectable()
class CountingJob extends RecurringJob {
  protected readonly intervalMs = 5;
  begun = 0;
  ended = 0;
  private readonly ends: (() => void)[] = [];

  endRun(): void {
    this.ends.shift()?.();
  }

  protected override async work(): Promise<void> {
    this.begun++;
    await new Promise<void>((resolve) => this.ends.push(resolve));
    this.ended++;
  }
}

@Injectable()
class FailingJob extends RecurringJob {
  protected readonly intervalMs = 5;

  protected override work(): Promise<void> {
    return Promise.reject(new Error('run failed'));
  }
}

@Injectable()
class FlushingJob extends RecurringJob {
  protected readonly intervalMs = 60_000;
  protected override readonly runsAtShutdown = true;
  count = 0;

  protected override work(): Promise<void> {
    this.count++;
    return Promise.resolve();
  }
}

let app: TestingModule;
async function start(job: new () => RecurringJob, imports = [ScheduleModule.forRoot()]): Promise<void> {
  app = await Test.createTestingModule({ imports, providers: [job] }).compile();
  await app.init();
}
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a recurring job', () => {
  afterEach(() => jest.restoreAllMocks());

  it('runs again and again while the application runs, one run at a time', async () => {
    await start(CountingJob);
    const job = app.get(CountingJob);
    await until(() => job.begun === 1);
    await pause(30);
    expect(job.begun).toBe(1);
    job.endRun();
    await until(() => job.begun === 2);
    job.endRun();
    await app.close();
  });

  it('is waited for at shutdown, and does not begin again', async () => {
    await start(CountingJob);
    const job = app.get(CountingJob);
    await until(() => job.begun === 1);
    const closed = app.close();
    await pause(10);
    expect(job.ended).toBe(0);
    job.endRun();
    await closed;
    expect(job.ended).toBe(1);
    await pause(20);
    await job.run();
    expect(job.begun).toBe(1);
  });

  it('is logged by its name when it fails, and due again', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await start(FailingJob);
    await until(() => error.mock.calls.length >= 2);
    await app.close();
    const [logger] = error.mock.contexts as { context?: string }[];
    expect(logger?.context).toBe('FailingJob');
    expect(error.mock.calls[0]?.[0]).toMatchObject({ msg: 'run failed' });
  });

  it('runs once more at shutdown where it has something to write', async () => {
    await start(FlushingJob);
    const job = app.get(FlushingJob);
    await app.close();
    expect(job.count).toBeGreaterThanOrEqual(1);
  });

  it('is listed by the name of its class', async () => {
    await start(FlushingJob);
    expect(app.get(SchedulerRegistry).getIntervals()).toEqual(['FlushingJob']);
    await app.close();
  });

  it('runs only when it is called where nothing is scheduled', async () => {
    await start(FlushingJob, []);
    const job = app.get(FlushingJob);
    await job.run();
    expect(job.count).toBe(1);
    await app.close();
  });
});
