import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { GrantEvents } from '@consent-hub/token-grant';
import { DataSource } from 'typeorm';
import { Tally } from './tally.js';

const ADD = `
  INSERT INTO hub.refresh_tally AS t (hour, brand, outcome, count)
  SELECT date_trunc('hour', now(), 'UTC'), brand, outcome, count
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS ended (brand, outcome, count)
   ORDER BY brand, outcome
  ON CONFLICT (hour, brand, outcome) DO UPDATE SET count = t.count + excluded.count`;

/** Adds up refreshes by hour and outcome: in memory, and every few seconds in the database, for all replicas together. */
@Injectable()
export class RefreshTallyRecorder extends RecurringJob implements OnModuleInit {
  protected readonly intervalMs = 3_000;
  protected override readonly runsAtShutdown = true;
  private readonly counted = new Tally<{ readonly brand: Brand; readonly outcome: string }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: GrantEvents,
  ) {
    super();
  }

  onModuleInit(): void {
    this.events.on('request_ended', ({ grantType, brand, outcome, reason }) => {
      if (grantType === 'refresh_token') this.counted.add({ brand, outcome: reason ?? outcome });
    });
  }

  protected override work(): Promise<void> {
    return this.counted.flush((rows) =>
      this.dataSource.query(ADD, [
        rows.map(({ brand }) => brand),
        rows.map(({ outcome }) => outcome),
        rows.map(({ count }) => count),
      ]),
    );
  }
}
