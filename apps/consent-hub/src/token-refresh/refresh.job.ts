import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { inSpan, RecurringJob } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { DueRefreshes, GrantEvents } from '@consent-hub/token-grant';
import { RefreshSettings } from '../config/refresh.settings.js';
import { BrandRefreshWorker } from './brand-refresh.worker.js';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';

/** Refreshes what is due. Any number of replicas may run it: what one has claimed the others do not see. */
@Injectable()
export class RefreshJob extends RecurringJob implements OnModuleDestroy {
  protected readonly intervalMs: number;
  private readonly workers: readonly BrandRefreshWorker[];

  constructor(
    due: DueRefreshes,
    breaker: RefreshCircuitBreaker,
    settings: RefreshSettings,
    private readonly events: GrantEvents,
  ) {
    super();
    this.intervalMs = settings.REFRESH_SWEEP_SECONDS * 1000;
    this.workers = BRANDS.map(
      (brand) => new BrandRefreshWorker(brand, due, breaker, settings.REFRESH_CONCURRENCY),
    );
  }

  override async onApplicationBootstrap(): Promise<void> {
    await super.onApplicationBootstrap();
    void this.run();
  }

  /** Runs also while another run is under way, which may have read before this one was asked for. */
  override run(): Promise<void> {
    return inSpan(RefreshJob.name, {}, () => this.work());
  }

  /** Before anything else stops, so that every claimed refresh can still be sent. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.halt()));
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    await Promise.all(this.workers.map((worker) => worker.drain()));
  }

  protected override async work(): Promise<void> {
    const since = performance.now();
    await Promise.all(this.workers.map((worker) => worker.sweep()));
    this.events.emit({ type: 'refreshes_swept', milliseconds: performance.now() - since });
  }
}
