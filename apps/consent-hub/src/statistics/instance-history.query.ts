import { InstanceHistory, type HistoryMark, type InstanceRun, type InstanceWork } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** More than four times as long as a process takes to describe itself again. */
const SILENT = `interval '45 seconds'`;

export const RUNS = `
  SELECT r.owner, r.name, r.is_duplicate AS "isDuplicate", r.version, r.schema, r.started_at AS "startedAt", r.seen_at AS "seenAt",
         r.ended_at AS "endedAt", r.ended_at IS NULL AND r.seen_at < now() - ${SILENT} AS "isSilent",
         r.spool_is_writable AS "spoolIsWritable", r.spool_files AS "spoolFiles",
         r.unsettled_answers AS "unsettledAnswers", r.oldest_unsettled_at AS "oldestUnsettledAt",
         coalesce(work.refreshes, 0)::double precision AS refreshes, coalesce(work.sweeps, 0)::double precision AS sweeps,
         coalesce(work.sweep_ms, 0) AS "sweepMs", coalesce(work.longest_sweep_ms, 0) AS "longestSweepMs"
    FROM hub.instance_run r
    LEFT JOIN (SELECT owner, sum(refreshes) AS refreshes, sum(sweeps) AS sweeps, sum(sweep_ms) AS sweep_ms,
                      max(longest_sweep_ms) AS longest_sweep_ms
                 FROM hub.instance_tally WHERE hour > now() - interval '24 hours' GROUP BY owner) work ON work.owner = r.owner
   WHERE r.seen_at > now() - interval '24 hours'
   ORDER BY r.ended_at IS NOT NULL, r.name, r.started_at DESC`;

/** A deployment is the first process of another version or schema than the process that began before it. */
export const MARKS = `
  SELECT 'deployment' AS kind, at, version, schema
    FROM (SELECT started_at AS at, version, schema,
                 (version, schema) IS DISTINCT FROM (lag(version) OVER begun, lag(schema) OVER begun) AS is_other
            FROM hub.instance_run WINDOW begun AS (ORDER BY started_at, owner)) run
   WHERE is_other AND at > now() - make_interval(hours => $1)
  UNION ALL SELECT kind, at, NULL, NULL FROM hub.database_mark WHERE at > now() - make_interval(hours => $1)
   ORDER BY at`;

export const RECOVERED = `
  SELECT coalesce(sum(answers_recovered), 0)::double precision AS count FROM hub.instance_tally
   WHERE hour > now() - make_interval(hours => $1)`;

/** Processes and what they noticed: some rows for each process that there was in 400 days. */
@Injectable()
export class InstanceHistoryQuery extends InstanceHistory {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async runs(): Promise<readonly InstanceRun[]> {
    const rows = await this.dataSource.query<(Omit<InstanceRun, 'day'> & InstanceWork)[]>(RUNS);
    return rows.map(({ refreshes, sweeps, sweepMs, longestSweepMs, ...run }) => ({
      ...run,
      day: { refreshes, sweeps, sweepMs, longestSweepMs },
    }));
  }

  override marks(hours: number): Promise<readonly HistoryMark[]> {
    return this.dataSource.query<HistoryMark[]>(MARKS, [hours]);
  }

  override async answersRecovered(hours: number): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(RECOVERED, [hours]);
    return row?.count ?? 0;
  }
}
