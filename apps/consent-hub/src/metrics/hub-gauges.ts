import { Injectable } from '@nestjs/common';
import { HubFigures, isLive } from '@consent-hub/consent';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { SpoolDirectory } from '@consent-hub/token-grant';
import { Gauge, type Registry } from 'prom-client';

const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
  new Gauge<T>({ name: `consent_hub_${name}`, help, labelNames: [...labelNames], registers: [] });

const GUARD_STATUSES = ['closed', 'half_open', 'open'] as const;

/** How the hub stands now. All but the spool is the same for every replica: take the maximum, not the sum. */
@Injectable()
export class HubGauges {
  private readonly consents = gauge('consents', 'Consents by state', ['brand', 'scope', 'state']);
  private readonly live = gauge('live_consents', 'Consents with a pair that works', ['brand']);
  private readonly due = gauge('refreshes_due', 'Refreshes that are due', ['brand']);
  private readonly overdue = gauge('refreshes_overdue', 'Refreshes due for more than a minute', ['brand']);
  private readonly open = gauge('token_requests_open', 'Token requests that have not ended', ['brand']);
  private readonly inDoubt = gauge('token_requests_in_doubt', 'Token requests whose answer was lost', [
    'brand',
  ]);
  private readonly guard = gauge('refresh_guard', '1 for the status of the guard of scheduled refreshes', [
    'brand',
    'status',
  ]);
  private readonly spool = gauge('spool_files', 'Files with answers of the bank in the spool directory', []);
  private readonly all = [
    this.consents,
    this.live,
    this.due,
    this.overdue,
    this.open,
    this.inDoubt,
    this.guard,
    this.spool,
  ];

  constructor(
    private readonly figures: HubFigures,
    private readonly spooled: SpoolDirectory,
  ) {}

  register(registry: Registry): void {
    for (const metric of this.all) registry.registerMetric(metric);
  }

  reset(): void {
    for (const metric of this.all) metric.reset();
  }

  async set(): Promise<void> {
    const [{ consents, brands }, files] = await Promise.all([this.figures.read(), this.spooled.files()]);
    // A combination that no consent is in any more would keep its last value.
    this.reset();
    for (const { brand, scope, state, count } of consents) this.consents.set({ brand, scope, state }, count);
    for (const brand of BRANDS) {
      const { due, overdue, openRequests, inDoubt, guard } = brands[brand];
      const live = consents.filter((row) => row.brand === brand && isLive(row.state));
      this.live.set(
        { brand },
        live.reduce((sum, { count }) => sum + count, 0),
      );
      this.due.set({ brand }, due);
      this.overdue.set({ brand }, overdue);
      this.open.set({ brand }, openRequests);
      this.inDoubt.set({ brand }, inDoubt);
      for (const status of GUARD_STATUSES) this.guard.set({ brand, status }, guard.status === status ? 1 : 0);
    }
    this.spool.set(files.length);
  }
}
