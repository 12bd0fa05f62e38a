import { BankCallEvents } from '@consent-hub/bank-client';
import { TokenReadTally } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { latencyBucketOf } from './latency-bucket.js';
import { Tally } from './tally.js';

const ADD_READS = `
  INSERT INTO hub.token_read_tally AS t (hour, api_client_id, count)
  SELECT date_trunc('hour', now(), 'UTC'), api_client_id, count
    FROM unnest($1::uuid[], $2::bigint[]) AS read (api_client_id, count)
   ORDER BY api_client_id
  ON CONFLICT (hour, api_client_id) DO UPDATE SET count = t.count + excluded.count`;

const ADD_LATENCIES = `
  INSERT INTO hub.bank_latency_tally AS t (hour, brand, up_to_ms, count)
  SELECT date_trunc('hour', now(), 'UTC'), brand, up_to_ms, count
    FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS call (brand, up_to_ms, count)
   ORDER BY brand, up_to_ms
  ON CONFLICT (hour, brand, up_to_ms) DO UPDATE SET count = t.count + excluded.count`;

/**
 * Adds up reads of tokens by API client, and the time that the bank takes for POST /token, by the hour: in memory, and every ten seconds
 * in the database, for all replicas together. What a killed process had not written is missing in the figures, and nowhere else.
 */
@Injectable()
export class FiguresRecorder extends RecurringJob implements OnModuleInit {
  protected readonly intervalMs = 10_000;
  protected override readonly runsAtShutdown = true;
  private readonly latencies = new Tally<{ readonly brand: Brand; readonly upToMs: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: BankCallEvents,
    private readonly reads: TokenReadTally,
  ) {
    super();
  }

  onModuleInit(): void {
    this.calls.on(({ brand, endpoint, outcome, seconds }) => {
      // What was not sent says nothing about how long the bank takes.
      if (endpoint !== 'token' || outcome === 'not_sent') return;
      this.latencies.add({ brand, upToMs: latencyBucketOf(seconds * 1000) });
    });
  }

  protected override async work(): Promise<void> {
    await this.writeReads();
    await this.latencies.flush((rows) =>
      this.dataSource.query(ADD_LATENCIES, [
        rows.map(({ brand }) => brand),
        rows.map(({ upToMs }) => upToMs),
        rows.map(({ count }) => count),
      ]),
    );
  }

  private async writeReads(): Promise<void> {
    const taken = [...this.reads.takeReads()];
    if (taken.length === 0) return;
    try {
      await this.dataSource.query(ADD_READS, [taken.map(([id]) => id), taken.map(([, count]) => count)]);
    } catch (error) {
      for (const [id, count] of taken) this.reads.addReads(id, count);
      throw error;
    }
  }
}
