import { Injectable } from '@nestjs/common';
import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { replaysSince } from '../consents/replay.statements.js';
import type { FaultName } from './faults.js';

/** The identity of a fault: setting it again replaces it. */
export interface FaultIdentity {
  readonly name: FaultName;
  /** The canonical name. */
  readonly endpoint: string;
  /** Null: every brand. */
  readonly brand: Brand | null;
  /** Null: every grant. */
  readonly grantType: GrantType | null;
}

export interface FaultSetting extends FaultIdentity {
  /** Null: until it is deleted. */
  readonly times: number | null;
  readonly delayMs: number | null;
  /** Which field is missing; null for the first. */
  readonly field: string | null;
}

export interface Fault extends FaultSetting {
  readonly id: string;
  /** How often it will still be applied; null: until it is deleted. */
  readonly remaining: number | null;
  readonly struck: number;
}

/** The facts of a call by which its faults are found. */
export interface FaultPlace {
  /** Every name of its endpoint. */
  readonly endpoints: readonly string[];
  readonly brand: Brand;
  readonly grantType?: string | undefined;
}

/** One application of a fault. */
export interface TakenFault {
  readonly name: FaultName;
  readonly delayMs: number | null;
  readonly field: string | null;
}

/** The outcome of a kind of fault since the last reset. */
export interface FaultOutcome {
  readonly name: FaultName;
  /** How often it was applied. */
  readonly strikes: number;
  /** Since it was applied first: codes and refresh tokens that were spent twice. */
  readonly doubleSpends: number;
  /** Since then: those that were sent again after a lost answer. */
  readonly probes: number;
}

/** For the statements of other tables, in SQL: whether a fault may still be applied to calls of this brand. */
export const isFaultSetFor = (brand: string): string =>
  `EXISTS (SELECT FROM bank.fault f WHERE f.remaining IS DISTINCT FROM 0 AND (f.brand IS NULL OR f.brand = ${brand}))`;

const COLUMNS = `id, name, endpoint, brand, grant_type AS "grantType", times, delay_ms AS "delayMs", field, remaining, struck`;

/** The faults that developers set. They apply in every process of the bank, and exactly as often as set. */
@Injectable()
export class FaultRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Sets a fault; one that is set already starts again. */
  async set({ name, endpoint, brand, grantType, times, delayMs, field }: FaultSetting): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO bank.fault (name, endpoint, brand, grant_type, times, remaining, delay_ms, field)
       VALUES ($1, $2, $3, $4, $5, $5, $6, $7)
       ON CONFLICT ON CONSTRAINT fault_is_set_once DO UPDATE
          SET times = EXCLUDED.times, remaining = EXCLUDED.remaining, struck = 0,
              delay_ms = EXCLUDED.delay_ms, field = EXCLUDED.field`,
      [name, endpoint, brand, grantType, times, delayMs, field],
    );
  }

  list(): Promise<Fault[]> {
    return this.dataSource.query<Fault[]>(`SELECT ${COLUMNS} FROM bank.fault ORDER BY id`);
  }

  /** The kinds of faults that were applied; those of faults that are cleared since are among them. */
  outcomes(): Promise<FaultOutcome[]> {
    return this.dataSource.query<FaultOutcome[]>(
      `SELECT s.name, s.strikes, r."doubleSpends", r.probes
         FROM (SELECT name, count(*)::int AS strikes, min(at) AS since FROM bank.fault_strike GROUP BY name) s,
              LATERAL ${replaysSince('s.since')} r
        ORDER BY s.name`,
    );
  }

  /** Deletes all faults, or those of one name, or one. */
  async clear({ name, id }: { name?: FaultName | undefined; id?: string | undefined } = {}): Promise<void> {
    // In the order in which `take` locks the rows, so that the two do not deadlock.
    await this.dataSource.query(
      `DELETE FROM bank.fault WHERE id IN (
         SELECT id FROM bank.fault WHERE ($1::text IS NULL OR name = $1) AND ($2::bigint IS NULL OR id = $2)
          ORDER BY times IS NULL, id FOR UPDATE
       )`,
      [name ?? null, id ?? null],
    );
  }

  /**
   * Takes one application of each fault that is set for this call, those with a limit first, and counts it. If calls are
   * concurrent, one gets the last application.
   *
   * @param most how many faults, the ones set first
   */
  take(
    { endpoints, brand, grantType }: FaultPlace,
    names: readonly FaultName[],
    most = names.length,
  ): Promise<TakenFault[]> {
    return this.dataSource.query<TakenFault[]>(
      `WITH next AS (
         SELECT id FROM bank.fault
          WHERE remaining IS DISTINCT FROM 0 AND name = ANY ($1) AND endpoint = ANY ($2)
            AND (brand IS NULL OR brand = $3) AND (grant_type IS NULL OR grant_type = $4)
          ORDER BY times IS NULL, id LIMIT $5 FOR UPDATE
       ), applied AS (
         UPDATE bank.fault f SET remaining = f.remaining - 1, struck = f.struck + 1
           FROM next WHERE f.id = next.id
         RETURNING f.id, f.name, f.delay_ms, f.field
       ), counted AS (
         INSERT INTO bank.fault_strike (name) SELECT name FROM applied
       )
       SELECT name, delay_ms AS "delayMs", field FROM applied ORDER BY id`,
      [names, endpoints, brand, grantType ?? null, most],
    );
  }
}
