import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SoleRun } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

const EVERY_MS = 10_000;
/** Changes summed up in one statement. */
const BATCH = 50_000;

const SUM_UP = `
  WITH gone AS (
    DELETE FROM hub.consent_count_change WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM hub.consent_count_change LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING brand, scope, state, change
  ), summed AS (
    INSERT INTO hub.consent_count AS c (brand, scope, state, count)
    SELECT brand, scope, state, sum(change) FROM gone GROUP BY brand, scope, state ORDER BY brand, scope, state
    ON CONFLICT (brand, scope, state) DO UPDATE SET count = c.count + excluded.count
  )
  SELECT count(*)::integer AS count FROM gone`;

/** Keeps the list of changed counts short. Whoever counts adds both, so that it does not matter when this runs, nor where. */
@Injectable()
export class ConsentCountJob implements BeforeApplicationShutdown {
  private readonly runs = new SoleRun(ConsentCountJob.name, () => this.sumUp());

  constructor(private readonly dataSource: DataSource) {}

  @Interval(EVERY_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }

  private async sumUp(): Promise<void> {
    for (;;) {
      const [row] = await this.dataSource.query<{ count: number }[]>(SUM_UP, [BATCH]);
      if ((row?.count ?? 0) < BATCH) return;
    }
  }
}
