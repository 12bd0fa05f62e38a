import { Injectable } from '@nestjs/common';
import { inBatches, RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/** As long as the journal keeps ended requests by default. */
const KEPT = `interval '400 days'`;
const BATCH = 5_000;
/** A run ends soon whatever is left; the next run continues. */
const BATCHES_A_RUN = 20;

/** Deletes the oldest rows of a table, at most $1: hours and days come first in its key. */
const deleteOldest = (table: string, column: string): string => `
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${table} WHERE ${column} < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`;

const PRUNE = [
  deleteOldest('hub.refresh_tally', 'hour'),
  deleteOldest('hub.token_read_tally', 'hour'),
  deleteOldest('hub.bank_latency_tally', 'hour'),
  deleteOldest('hub.consent_tally', 'day'),
  deleteOldest('hub.instance_tally', 'hour'),
  deleteOldest('hub.database_mark', 'at'),
  deleteOldest('hub.instance_run', 'seen_at'),
];

/** Forgets figures that are older than the plots show. Any number of replicas may run it. */
@Injectable()
export class FigurePruningJob extends RecurringJob {
  protected readonly intervalMs = 600_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  protected override async work(): Promise<void> {
    for (const statement of PRUNE)
      await inBatches(BATCH, (size) => this.prune(statement, size), BATCHES_A_RUN);
  }

  private async prune(statement: string, size: number): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(statement, [size]);
    return count;
  }
}
