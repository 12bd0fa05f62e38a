import {
  Inject,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { SoleRun } from './sole-run.js';

/**
 * Work that is repeated while the application runs. A run that is due while the last one still runs is skipped; a run that fails
 * is logged with the name of its class, and the next one is due as usual. The interval is listed in `SchedulerRegistry`; without
 * `ScheduleModule` in the application the job runs only when it is called.
 */
export abstract class RecurringJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  protected abstract readonly intervalMs: number;
  /** Whether one more run at shutdown does what came since the last one. */
  protected readonly runsAtShutdown: boolean = false;

  @Optional()
  @Inject(SchedulerRegistry)
  private readonly scheduler?: SchedulerRegistry;
  private readonly runs = new SoleRun(this.constructor.name, () => this.work());

  /** Resolves when this run, or the one that is under way, has ended. Never rejects. */
  run(): Promise<void> {
    return this.runs.start();
  }

  onApplicationBootstrap(): void | Promise<void> {
    this.scheduler?.addInterval(
      this.constructor.name,
      setInterval(() => void this.run(), this.intervalMs),
    );
  }

  /** Waits for the run that is under way. None begins after. */
  async beforeApplicationShutdown(): Promise<void> {
    const { name } = this.constructor;
    if (this.scheduler?.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    await (this.runsAtShutdown ? this.runs.finish() : this.runs.stop());
  }

  protected abstract work(): Promise<void>;
}
