import { Logger } from '@nestjs/common';
import { describeError } from '../logging/describe-error.js';
import { inSpan } from '../tracing/spans.js';

/**
 * Runs of one job, each the root of a trace, one after the other: a run that is due while the last one still runs is skipped. Failures are logged and
 * end the run alone; the next one is due as usual.
 */
export class SoleRun {
  private current: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly work: () => Promise<void>,
  ) {}

  /** Resolves when this run, or the one that is under way, has ended. Never rejects. */
  start(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.current ??= inSpan(this.name, {}, () => this.work())
      .catch((error: unknown) => {
        new Logger(this.name).error({ msg: 'run failed', error: describeError(error) });
      })
      .finally(() => (this.current = null));
    return this.current;
  }

  /** The run that is under way, one more for what came since it began, and then none. */
  async finish(): Promise<void> {
    await this.start();
    await this.start();
    await this.stop();
  }

  /** No run begins any more; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.current;
  }
}
