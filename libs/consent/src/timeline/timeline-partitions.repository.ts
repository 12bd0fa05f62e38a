import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { endOf, monthBefore } from './month.js';

/** How the entries of timelines are divided. */
export interface PartitionStatus {
  /** For how long there are partitions, seconds. */
  readonly aheadSeconds: number;
  /** Whether entries are in the default partition, since their month had none. */
  readonly hasUnpartitioned: boolean;
  /** Partitions whose months are all older than is kept. */
  readonly pastRetention: number;
}

/** The oldest partition, which is the next to be dropped. */
export interface OldestPartition {
  readonly name: string;
  /** Its last month, `YYYY-MM`. */
  readonly lastMonth: string;
  /** Whether all its months are older than is kept. */
  readonly isPastRetention: boolean;
}

/** A month of a partition: its entries, and those of its export; null: it was not exported. */
export interface PartitionMonth {
  readonly month: string;
  readonly entries: number;
  readonly exported: number | null;
}

/** $1 months that are kept, 0: all */
const IS_PAST = `$1::integer > 0 AND p.ends_at <= date_trunc('month', now(), 'UTC') - make_interval(months => $1::integer)`;

const STATUS = `
  SELECT extract(epoch FROM (SELECT max(ends_at) FROM hub.timeline_partition) - now())::float8 AS "aheadSeconds",
         EXISTS (SELECT FROM hub.consent_event_default) AS "hasUnpartitioned",
         (SELECT count(*)::integer FROM hub.timeline_partition p WHERE dropped_at IS NULL AND ${IS_PAST}) AS "pastRetention"`;

const OLDEST = `
  SELECT name, ends_at AS "endsAt", ${IS_PAST} AS "isPastRetention"
    FROM hub.timeline_partition p WHERE dropped_at IS NULL ORDER BY ends_at LIMIT 1`;

/** Reads all entries until then, to count them. $1 end of the partition */
const MONTHS = `
  SELECT to_char(counted.month, 'YYYY-MM') AS month, counted.entries, x.entries::float8 AS exported
    FROM (SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date AS month, count(*)::float8 AS entries
            FROM hub.consent_event WHERE at < $1 GROUP BY 1) counted
    LEFT JOIN hub.timeline_export x USING (month) ORDER BY month`;

/** There are always partitions for longer where the job that makes them runs. */
const ENOUGH_DAYS = 28;

/**
 * The partitions of timelines, one a month. Hubs have them made ahead, by a function of the owner; to drop one, the owner himself is
 * needed: hubs take no entry away.
 */
@Injectable()
export class TimelinePartitions {
  /** As it was read last; null: not yet. */
  status: PartitionStatus | null = null;

  constructor(private readonly dataSource: DataSource) {}

  /** Makes the partitions that are missing for this month and the next two. @returns how many */
  async addAhead(): Promise<number> {
    const [row] = await this.dataSource.query<{ added: number }[]>(
      `SELECT hub.add_timeline_partitions() AS added`,
    );
    return row?.added ?? 0;
  }

  /** @param retentionMonths 0: all months are kept */
  async look(retentionMonths: number): Promise<PartitionStatus> {
    const [status] = await this.dataSource.query<PartitionStatus[]>(STATUS, [retentionMonths]);
    if (!status) throw new Error('the statement answers with one row');
    this.status = status;
    return status;
  }

  /** @param retentionMonths 0: all months are kept */
  async oldest(retentionMonths: number): Promise<OldestPartition | null> {
    const rows = await this.dataSource.query<(OldestPartition & { readonly endsAt: Date })[]>(OLDEST, [
      retentionMonths,
    ]);
    const [found] = rows;
    if (!found) return null;
    const { name, endsAt, isPastRetention } = found;
    return { name, isPastRetention, lastMonth: monthBefore(endsAt) };
  }

  /** What an operator should examine, although entries are still written. */
  warnings(): string[] {
    if (!this.status) return [];
    const { hasUnpartitioned, aheadSeconds } = this.status;
    const days = Math.floor(aheadSeconds / 86_400);
    return [
      ...(hasUnpartitioned
        ? ['Entries of timelines lie in the default partition, since their month had none.']
        : []),
      ...(days < ENOUGH_DAYS ? [`Timelines have partitions for ${Math.max(days, 0)} days only.`] : []),
    ];
  }

  /** What there is until the end of a month, month by month. */
  months(lastMonth: string): Promise<PartitionMonth[]> {
    return this.dataSource.query(MONTHS, [endOf(lastMonth)]);
  }

  /**
   * Stores where the chains of the next so many timelines end in the oldest partition. For the owner of the schema.
   *
   * @returns how many; 0: all are stored
   */
  async storeBases(partition: string, timelines: number): Promise<number> {
    const [row] = await this.dataSource.query<{ stored: number }[]>(
      `SELECT hub.base_timelines($1, $2) AS stored`,
      [partition, timelines],
    );
    return row?.stored ?? 0;
  }

  /** Drops the oldest partition, whose bases are stored. For the owner of the schema. */
  async drop(partition: string): Promise<void> {
    await this.dataSource.query(`SELECT hub.drop_timeline_partition($1)`, [partition]);
  }
}
