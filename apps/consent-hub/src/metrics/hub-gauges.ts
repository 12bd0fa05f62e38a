import { Injectable } from '@nestjs/common';
import { HubFigures, isLive } from '@consent-hub/consent';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { SpoolHealth } from '@consent-hub/token-grant';
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
  private readonly spoolFiles = gauge(
    'spool_files',
    'Files with answers of the bank in the spool directory',
    [],
  );
  private readonly spoolBytes = gauge('spool_bytes', 'Size of these files', []);
  private readonly spoolFree = gauge('spool_free_bytes', 'What the disk of the spool has left', []);
  private readonly spoolWritable = gauge('spool_writable', '1 while the spool can be written, else 0', []);
  /** Read from the database. */
  private readonly stored = [
    this.consents,
    this.live,
    this.due,
    this.overdue,
    this.open,
    this.inDoubt,
    this.guard,
  ];
  private readonly spooled = [this.spoolFiles, this.spoolBytes, this.spoolFree, this.spoolWritable];

  constructor(
    private readonly figures: HubFigures,
    private readonly spool: SpoolHealth,
  ) {}

  register(registry: Registry): void {
    for (const metric of [...this.stored, ...this.spooled]) registry.registerMetric(metric);
  }

  /** Without the database, nothing is known of what it holds. */
  reset(): void {
    for (const metric of this.stored) metric.reset();
  }

  async set(): Promise<void> {
    this.setSpool();
    const { consents, brands } = await this.figures.read();
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
  }

  private setSpool(): void {
    this.spoolFiles.set(this.spool.files);
    this.spoolBytes.set(this.spool.bytes);
    this.spoolFree.set(this.spool.freeBytes);
    this.spoolWritable.set(this.spool.isWritable() ? 1 : 0);
  }
}
