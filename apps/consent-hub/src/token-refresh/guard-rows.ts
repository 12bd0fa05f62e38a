import { Injectable } from '@nestjs/common';
import { runNamed, type NamedStatement } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { IS_UNDER_WAY } from '@consent-hub/token-grant';
import { DataSource } from 'typeorm';
import type { GuardState, GuardStatus, UnderWay } from './guard-state.js';

/** The guard of a brand as it was read. */
export interface GuardRow {
  readonly version: string;
  readonly state: GuardState;
  readonly isDue: boolean;
  /** Postgres' clock when it was read, and this process's monotonic one. */
  readonly readAt: number;
  readonly readAtMonotonic: number;
}

interface SelectedRow {
  version: string;
  status: GuardStatus;
  allowance: number;
  recent: string[];
  under_way: Record<string, UnderWay>;
  canary_failures: number;
  next_canary_at: number | null;
  reported_at: number | null;
  now: number;
  is_due: boolean;
}

const epochMs = (moment: string): string => `(extract(epoch FROM ${moment}) * 1000)::double precision`;
const moment = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

const COLUMNS = `version, status, allowance, recent, under_way, canary_failures,
  ${epochMs('next_canary_at')} AS next_canary_at, ${epochMs('reported_at')} AS reported_at, ${epochMs('now()')} AS now`;

const READ: NamedStatement = {
  name: 'read_refresh_guard',
  text: `
  SELECT ${COLUMNS},
         EXISTS (SELECT FROM hub.token_set t
                  WHERE t.brand = $1 AND t.refresh_due_at <= now() AND NOT ${IS_UNDER_WAY('t')}) AS is_due
    FROM hub.refresh_guard WHERE brand = $1`,
};

const SWAP: NamedStatement = {
  name: 'swap_refresh_guard',
  text: `
  UPDATE hub.refresh_guard
     SET version = version + 1, status = $3, allowance = $4, recent = $5, under_way = $6, canary_failures = $7,
         next_canary_at = ${moment('$8')}, reported_at = ${moment('$9')},
         changed_at = CASE WHEN status = $3 THEN changed_at ELSE now() END
   WHERE brand = $1 AND version = $2
  RETURNING ${COLUMNS}, true AS is_due`,
};

/** Table `refresh_guard`: read as it stands, written only as it was read. */
@Injectable()
export class GuardRows {
  constructor(private readonly dataSource: DataSource) {}

  async read(brand: Brand): Promise<GuardRow> {
    const [row] = await runNamed<SelectedRow>(this.dataSource, READ, [brand]);
    if (!row) throw new Error(`no guard of ${brand}`);
    return toGuardRow(row);
  }

  /** @returns the row as it stands now; null when another replica has written it since it was read */
  async swap(brand: Brand, { version }: GuardRow, next: GuardState): Promise<GuardRow | null> {
    const { status, allowance, recent, underWay, canaryFailures, nextCanaryAt, reportedAt } = next;
    const json = JSON.stringify(underWay);
    const values = [status, allowance, recent, json, canaryFailures, nextCanaryAt, reportedAt];
    const [row] = await runNamed<SelectedRow>(this.dataSource, SWAP, [brand, version, ...values]);
    return row ? toGuardRow(row) : null;
  }

  /** Postgres' clock now, as this process can tell from the reading; slow rather than fast where the machine slept. */
  now({ readAt, readAtMonotonic }: GuardRow): number {
    return readAt + (performance.now() - readAtMonotonic);
  }
}

const toGuardRow = (row: SelectedRow): GuardRow => ({
  version: row.version,
  isDue: row.is_due,
  readAt: row.now,
  readAtMonotonic: performance.now(),
  state: {
    status: row.status,
    allowance: row.allowance,
    recent: row.recent,
    underWay: row.under_way,
    canaryFailures: row.canary_failures,
    nextCanaryAt: row.next_canary_at,
    reportedAt: row.reported_at,
  },
});
