import { Injectable, Logger } from '@nestjs/common';
import { ENDED_BEFORE, LATER_PAIR } from '@consent-hub/consent';
import { BEFORE_ALL, RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { TokenGrantSettings } from '../token-grant.settings.js';

/** Requests read in one statement. */
const BATCH = 1000;
/** More than any rate of refreshes writes in the time between two runs; a run ends soon all the same. */
const BATCHES_A_RUN = 100;

/**
 * Reads requests sent longer ago than the retention, in the order of their keys, which begin with the moment they were made
 * at: the primary key finds them, and no index is written for it with every request. A key is made by the clock of a replica,
 * the end of a request by the database's, hence both are compared.
 *
 * It deletes a request that ended that long ago and that no later step needs: the pair that it spent was replaced since, or its
 * consent ended that long ago. It keeps what the next request of a consent depends on: its open request, the doubts about its
 * current pair, and whether its code was sent. It also keeps a request that was probed, until its probe is deleted, and an
 * answer that could not be read. Nothing is joined, so that each row is read by its key, also when the planner estimates badly.
 *
 * $1 key to begin after, $2 days of retention, $3 how many
 */
export const PRUNE_JOURNAL = `
  WITH old AS MATERIALIZED (
    SELECT id FROM hub.token_request
     WHERE id > $1 AND id < (lpad(to_hex(floor(extract(epoch FROM now() - make_interval(days => $2)) * 1000)::bigint), 12, '0')
                             || repeat('0', 20))::uuid
     ORDER BY id LIMIT $3
  ), idle AS MATERIALIZED (
    SELECT r.id FROM hub.token_request r
     WHERE r.id = ANY (ARRAY(SELECT id FROM old))
       AND r.settled_at < now() - make_interval(days => $2) AND r.raw_answer IS NULL
       AND (EXISTS (${LATER_PAIR('r.consent_id', 'r.expected_generation')} OFFSET 0)
            OR EXISTS (${ENDED_BEFORE('r.consent_id', 'now() - make_interval(days => $2)')} OFFSET 0))
       AND NOT EXISTS (SELECT FROM hub.token_request probe WHERE probe.probe_of = r.id OFFSET 0)
       FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM hub.token_request WHERE id = ANY (ARRAY(SELECT id FROM idle)) RETURNING id
  )
  SELECT (SELECT count(*)::int FROM old) AS seen, (SELECT count(*)::int FROM gone) AS gone,
         (SELECT id FROM old ORDER BY id DESC LIMIT 1) AS latest`;

interface Pruned {
  readonly seen: number;
  readonly gone: number;
  readonly latest: string | null;
}

/** Forgets requests that have long ended. Any number of replicas may do this side by side; none waits for another. */
@Injectable()
export class JournalPrunerJob extends RecurringJob {
  protected readonly intervalMs = 60_000;
  private readonly logger = new Logger(JournalPrunerJob.name);
  /** Where the next batch begins: what stays is passed over once a round, not once a batch. */
  private after = BEFORE_ALL;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: TokenGrantSettings,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    let gone = 0;
    for (let batch = 0; batch < BATCHES_A_RUN; batch++) {
      const pruned = await this.pruneNext();
      gone += pruned.gone;
      const isLast = pruned.seen < BATCH;
      this.after = isLast ? BEFORE_ALL : (pruned.latest ?? BEFORE_ALL);
      if (isLast) break;
    }
    if (gone > 0) this.logger.log({ msg: 'journal pruned', requests: gone });
  }

  private async pruneNext(): Promise<Pruned> {
    const { journalRetentionDays } = this.settings;
    const values = [this.after, journalRetentionDays, BATCH];
    const [pruned] = await this.dataSource.query<Pruned[]>(PRUNE_JOURNAL, values);
    if (!pruned) throw new Error('the statement answers with one row');
    return pruned;
  }
}
