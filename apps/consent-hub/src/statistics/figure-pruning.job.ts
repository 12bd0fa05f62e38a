import { Injectable } from '@nestjs/common';
import { inBatches, RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/** As long as the journal keeps ended requests by default. */
const KEPT = `interval '400 days'`;
const BATCH = 5_000;
/** A run ends soon whatever is left; the next one goes on. */
const BATCHES_A_RUN = 20;

/** Of each table the oldest rows: hours and days come first in their keys. */
const PRUNE = [
  `DELETE FROM hub.refresh_tally WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.refresh_tally WHERE hour < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.token_read_tally WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.token_read_tally WHERE hour < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.bank_latency_tally WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.bank_latency_tally WHERE hour < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.consent_tally WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.consent_tally WHERE day < (now() - ${KEPT})::date LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.instance_tally WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.instance_tally WHERE hour < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.database_mark WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.database_mark WHERE at < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  `DELETE FROM hub.instance_run WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM hub.instance_run WHERE seen_at < now() - ${KEPT} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
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
