import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { DueRefreshes } from '@consent-hub/token-grant';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';
import { BrandRefreshWorker } from './brand-refresh.worker.js';
import { TokenRefreshSettings } from './token-refresh.settings.js';

const NAME = 'refresh-sweep';

/** Refreshes what is due. Any number of replicas may run it: what one has claimed the others do not see. */
@Injectable()
export class RefreshJob implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly workers: readonly BrandRefreshWorker[];

  constructor(
    due: DueRefreshes,
    breaker: RefreshCircuitBreaker,
    private readonly settings: TokenRefreshSettings,
    private readonly scheduler: SchedulerRegistry,
  ) {
    this.workers = BRANDS.map((brand) => new BrandRefreshWorker(brand, due, breaker, settings.concurrency));
  }

  onApplicationBootstrap(): void {
    const sweep = () => void this.run();
    this.scheduler.addInterval(NAME, setInterval(sweep, this.settings.sweepSeconds * 1000));
    sweep();
  }

  async run(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.sweep()));
  }

  /** Before anything else stops, so that whatever is claimed can still be sent. */
  async onModuleDestroy(): Promise<void> {
    if (this.scheduler.doesExist('interval', NAME)) this.scheduler.deleteInterval(NAME);
    await Promise.all(this.workers.map((worker) => worker.halt()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.drain()));
  }
}
