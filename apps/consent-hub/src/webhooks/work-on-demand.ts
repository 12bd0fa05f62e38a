import { describeError } from '@consent-hub/platform';
import { Logger } from '@nestjs/common';

/**
 * Work that is done whenever it is asked for, never twice at a time: asked for while it runs, it is done once more. Failures are
 * logged, and end the run alone.
 */
export class WorkOnDemand {
  private current: Promise<void> | null = null;
  private isWanted = false;
  private isStopped = false;

  constructor(
    private readonly name: string,
    private readonly work: () => Promise<void>,
  ) {}

  /** Resolves when everything that is asked for up to now has been tried. Never rejects. */
  request(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    this.isWanted = true;
    this.current ??= this.runAll();
    return this.current;
  }

  /** None begins any more; resolves when the last run has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.current;
  }

  private async runAll(): Promise<void> {
    while (this.isWanted && !this.isStopped) {
      this.isWanted = false;
      try {
        await this.work();
      } catch (error) {
        new Logger(this.name).error({ msg: 'run failed', error: describeError(error) });
      }
    }
    // At once, not a turn later: what is asked for in between would be forgotten.
    this.current = null;
  }
}
