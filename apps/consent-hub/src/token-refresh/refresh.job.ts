import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { DueRefreshes } from '@consent-hub/token-grant';
import { RefreshGuard } from './refresh-guard.js';
import { RefreshLane } from './refresh-lane.js';
import { TokenRefreshSettings } from './token-refresh.settings.js';

const NAME = 'refresh-sweep';

/** Refreshes what is due. Any number of replicas may run it: what one has claimed the others do not see. */
@Injectable()
export class RefreshJob implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly lanes: readonly RefreshLane[];

  constructor(
    due: DueRefreshes,
    guard: RefreshGuard,
    private readonly settings: TokenRefreshSettings,
    private readonly scheduler: SchedulerRegistry,
  ) {
    this.lanes = BRANDS.map((brand) => new RefreshLane(brand, due, guard, settings.concurrency));
  }

  onApplicationBootstrap(): void {
    const sweep = () => void this.run();
    this.scheduler.addInterval(NAME, setInterval(sweep, this.settings.sweepSeconds * 1000));
    sweep();
  }

  async run(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.sweep()));
  }

  /** Before anything else stops, so that whatever is claimed can still be sent. */
  async onModuleDestroy(): Promise<void> {
    if (this.scheduler.doesExist('interval', NAME)) this.scheduler.deleteInterval(NAME);
    await Promise.all(this.lanes.map((lane) => lane.halt()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.drain()));
  }
}
