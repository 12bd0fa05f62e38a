import { Injectable } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/** Changes summed up in one statement. */
const BATCH = 50_000;

const SUM_UP = `
  WITH gone AS (
    DELETE FROM hub.consent_count_change WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM hub.consent_count_change LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING brand, scope, state, change, reason, at
  ), summed AS (
    INSERT INTO hub.consent_count AS c (brand, scope, state, count)
    SELECT brand, scope, state, sum(change) FROM gone GROUP BY brand, scope, state ORDER BY brand, scope, state
    ON CONFLICT (brand, scope, state) DO UPDATE SET count = c.count + excluded.count
  ), entered AS (
    INSERT INTO hub.consent_tally AS t (day, brand, state, reason, count)
    SELECT (at AT TIME ZONE 'UTC')::date AS day, brand, state, coalesce(reason, '') AS reason, sum(change)
      FROM gone WHERE change > 0 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (day, brand, state, reason) DO UPDATE SET count = t.count + excluded.count
  )
  SELECT count(*)::integer AS count FROM gone`;

/**
 * Keeps the list of changed counts short: adds it up by state, and by day and reason. Both sides of a sum are read together, so that it
 * does not matter when this runs, nor where.
 */
@Injectable()
export class ConsentCountJob extends RecurringJob {
  protected readonly intervalMs = 10_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  protected override async work(): Promise<void> {
    for (;;) {
      const [row] = await this.dataSource.query<{ count: number }[]>(SUM_UP, [BATCH]);
      if ((row?.count ?? 0) < BATCH) return;
    }
  }
}
