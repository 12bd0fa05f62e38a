import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { GrantEvents } from '@consent-hub/token-grant';
import { DataSource } from 'typeorm';

const KEPT = `interval '7 days'`;

const ADD = `
  INSERT INTO hub.refresh_tally AS t (hour, brand, outcome, count)
  SELECT date_trunc('hour', now(), 'UTC'), brand, outcome, count
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS ended (brand, outcome, count)
   ORDER BY brand, outcome
  ON CONFLICT (hour, brand, outcome) DO UPDATE SET count = t.count + excluded.count`;

interface Ended {
  readonly brand: Brand;
  readonly outcome: string;
  readonly count: number;
}

/** Adds up refreshes by hour and outcome: in memory, and every few seconds in the database, for all replicas together. */
@Injectable()
export class RefreshTallyRecorder extends RecurringJob implements OnModuleInit {
  protected readonly intervalMs = 3_000;
  protected override readonly runsAtShutdown = true;
  private readonly counted = new Map<string, Ended>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: GrantEvents,
  ) {
    super();
  }

  onModuleInit(): void {
    this.events.on('request_ended', ({ grantType, brand, outcome, reason }) => {
      if (grantType === 'refresh_token') this.add({ brand, outcome: reason ?? outcome, count: 1 });
    });
  }

  protected override async work(): Promise<void> {
    const all = [...this.counted.values()];
    if (all.length === 0) return;
    this.counted.clear();
    try {
      await this.dataSource.query(ADD, [
        all.map(({ brand }) => brand),
        all.map(({ outcome }) => outcome),
        all.map(({ count }) => count),
      ]);
    } catch (error) {
      for (const ended of all) this.add(ended);
      throw error;
    }
    await this.dataSource.query(`DELETE FROM hub.refresh_tally WHERE hour < now() - ${KEPT}`);
  }

  private add(ended: Ended): void {
    const key = `${ended.brand} ${ended.outcome}`;
    const count = (this.counted.get(key)?.count ?? 0) + ended.count;
    this.counted.set(key, { ...ended, count });
  }
}
