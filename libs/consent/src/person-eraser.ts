import { Injectable } from '@nestjs/common';
import type { Brand } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsentRepository } from './transitions/consent.repository.js';
import { isEnded, isLive, type ConsentState } from './domain/consent-state.js';
import type { Actor, EventData } from './domain/transition.js';

/**
 * - `person_unknown`: no consent has that name
 * - `consents_not_ended`: some of them have not ended, and the caller did not say that they may be ended
 * - `call_under_way`: the bank is exchanging the code of one; its end must be known first
 */
export type ErasureErrorCode = 'person_unknown' | 'consents_not_ended' | 'call_under_way';

/** Why a person was not erased; nothing was changed. */
export class ErasureError extends Error {
  constructor(
    readonly code: ErasureErrorCode,
    /** The consents that prevent the erasure. */
    readonly consents: readonly PersonsConsent[] = [],
  ) {
    super(`${code}${consents.map(({ id, state }) => ` ${id} (${state})`).join(',')}`);
    this.name = 'ErasureError';
  }
}

export interface PersonsConsent {
  readonly id: string;
  readonly brand: Brand;
  readonly state: ConsentState;
}

export interface Erasure {
  readonly psuRef: string;
  /** Absent: at both. */
  readonly brand?: Brand;
  /** Whether consents that have not ended may be ended for it. */
  readonly mayEnd: boolean;
  readonly actor: Actor;
  /** For the entries of the timelines. */
  readonly facts?: EventData;
}

/** What an erasure would take, counted. */
export interface PersonsHoldings {
  readonly consents: number;
  /** Consents that have not ended, and would be ended. */
  readonly going: number;
  readonly accounts: number;
  /** Sealed: tokens and codes. */
  readonly sealed: number;
  /** Answers of the bank that are kept sealed. */
  readonly answers: number;
  /** Links and sessions of the person's own pages. */
  readonly sessions: number;
  /** Names of openings. */
  readonly openings: number;
}

type By = Pick<Erasure, 'actor' | 'facts'>;

/**
 * Erases a person: what names them is deleted, and every sealed value with it. What stays of a consent says what happened and
 * when, and names no person. Timelines are left as they are, since no entry holds personal data (`EventData`): their hashes
 * still prove them.
 */
@Injectable()
export class PersonEraser {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
  ) {}

  /**
   * All consents of the person or none.
   *
   * @returns the consents that were erased, as they were found
   * @throws ErasureError
   */
  erase(erasure: Erasure): Promise<readonly PersonsConsent[]> {
    return this.dataSource.transaction((tx) => this.eraseIn(tx, erasure));
  }

  /** The same in a transaction that holds more than the erasure. @throws ErasureError */
  async eraseIn(tx: EntityManager, erasure: Erasure): Promise<readonly PersonsConsent[]> {
    const { psuRef, brand, mayEnd } = erasure;
    const found = await lockAll(tx, psuRef, brand ?? null);
    if (found.length === 0) throw new ErasureError('person_unknown');
    const going = found.filter(({ state }) => !isEnded(state));
    if (going.length > 0 && !mayEnd) throw new ErasureError('consents_not_ended', going);
    const busy = await underWay(tx, going);
    if (busy.length > 0) throw new ErasureError('call_under_way', busy);
    await tx.query(`DELETE FROM hub.psu_session WHERE psu_ref = $1`, [psuRef]);
    for (const consent of going) await this.end(tx, consent, erasure);
    await this.forget(
      tx,
      found.map(({ id }) => id),
      erasure,
    );
    return found;
  }

  /** What an erasure of the person would take. @param tx of the erasure, before it; absent: for a preview */
  async holdings(psuRef: string, tx: EntityManager = this.dataSource.manager): Promise<PersonsHoldings> {
    const [row] = await tx.query<PersonsHoldings[]>(HOLDINGS, [psuRef]);
    if (!row) throw new Error('the statement has no row');
    return row;
  }

  /**
   * Erases up to `limit` consents that ended more than so many days ago, the longest ended first. Those whose row is held are
   * left for the next time; several replicas share the work without waiting.
   *
   * @returns how many
   */
  eraseEnded(days: number, limit: number, actor: Actor): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const ended = await tx.query<{ id: string }[]>(ENDED_LONG_AGO, [days, limit]);
      const ids = ended.map(({ id }) => id).sort();
      if (ids.length > 0) await this.forget(tx, ids, { actor });
      return ids.length;
    });
  }

  /** Call it with the rows of the consents locked. */
  private async forget(tx: EntityManager, ids: readonly string[], { actor, facts }: By): Promise<void> {
    for (const statement of FORGET) await tx.query(statement, [ids]);
    for (const id of ids) await this.consents.record(tx, id, 'erased', actor, facts);
  }

  private async end(tx: EntityManager, { id, state }: PersonsConsent, { actor, facts }: By): Promise<void> {
    const by = { actor, ...(facts && { facts }) };
    const hasEnded = isLive(state)
      ? this.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, ...by })
      : state === 'initiated'
        ? this.consents.move(tx, id, { to: 'expired', data: { reason: 'withdrawn_by_tpp' }, ...by })
        : this.consents.move(tx, id, { to: 'failed', data: { reason: 'exchange_lost' }, ...by });
    if (!(await hasEnded)) throw new Error(`consent ${id} changed under its row lock`);
  }
}

/** In the order of their ids, as every transaction that locks several. */
const lockAll = (tx: EntityManager, psuRef: string, brand: Brand | null): Promise<PersonsConsent[]> =>
  tx.query<PersonsConsent[]>(
    `SELECT id, brand, state FROM hub.consent
      WHERE psu_ref = $1 AND ($2::text IS NULL OR brand = $2) ORDER BY id FOR NO KEY UPDATE`,
    [psuRef, brand],
  );

/** A live consent may be ended while it is refreshed: the answer finds it ended. A code may have been granted already. */
async function underWay(tx: EntityManager, going: readonly PersonsConsent[]): Promise<PersonsConsent[]> {
  const exchanging = going.filter(({ state }) => state === 'authorized');
  const rows = await tx.query<{ consent_id: string }[]>(
    `SELECT consent_id FROM hub.token_request
      WHERE consent_id = ANY ($1::uuid[]) AND status = 'sent'`,
    [exchanging.map(({ id }) => id)],
  );
  return exchanging.filter(({ id }) => rows.some((row) => row.consent_id === id));
}

/** $1 days, $2 how many */
export const ENDED_LONG_AGO = `
  SELECT id FROM hub.consent
   WHERE ended_at < now() - make_interval(days => $1) AND ended_at IS NOT NULL AND erased_at IS NULL
   ORDER BY ended_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;

/** $1 the person: each table is asked by index. */
export const HOLDINGS = `
  WITH person AS MATERIALIZED (
    SELECT id, ended_at, code_verifier, authorization_code, link_start FROM hub.consent WHERE psu_ref = $1
  )
  SELECT (SELECT count(*) FROM person)::int AS consents,
         (SELECT count(*) FROM person WHERE ended_at IS NULL)::int AS going,
         (SELECT count(*) FROM hub.consent_account a JOIN person ON person.id = a.consent_id)::int AS accounts,
         (SELECT count(*) FROM person JOIN hub.token_pair p ON p.consent_id = person.id
           WHERE p.refresh_token IS NOT NULL OR p.access_token IS NOT NULL)::int
           + (SELECT count(*) FROM person WHERE coalesce(code_verifier, authorization_code, link_start) IS NOT NULL)::int AS sealed,
         (SELECT count(*) FROM person JOIN hub.token_request r ON r.consent_id = person.id WHERE r.raw_answer IS NOT NULL)::int
           AS answers,
         (SELECT count(*) FROM hub.psu_session WHERE psu_ref = $1)::int AS sessions,
         (SELECT count(*) FROM person JOIN hub.idempotency_key k ON k.consent_id = person.id)::int AS openings`;

/** Replaces an address that is needed no more; one of the caller's own (PIS) may have named a person. */
const NO_ADDRESS = 'erased:';

/**
 * What is known of a person, table by table, in one place though two of the tables have writers of their own: whether nothing
 * is left must be seen at a glance. A placeholder is drawn for each consent, so that they cannot be put together again.
 */
const FORGET = [
  `UPDATE hub.consent
      SET psu_ref = 'erased-' || gen_random_uuid(), iban = NULL, language = NULL, purpose = NULL, return_url = NULL,
          redirect_uri = '${NO_ADDRESS}', callback_state_hash = NULL, code_verifier = NULL, authorization_code = NULL,
          link_start = NULL, browser_key_hash = NULL, erased_at = coalesce(erased_at, now())
    WHERE id = ANY ($1::uuid[])`,
  `UPDATE hub.token_pair
      SET access_token = NULL, refresh_token = NULL, sca_token = NULL, sca_token_expires_at = NULL, logical_id = NULL,
          refresh_due_at = NULL
    WHERE consent_id = ANY ($1::uuid[])`,
  `DELETE FROM hub.consent_account WHERE consent_id = ANY ($1::uuid[])`,
  // A request that still waits for its answer stays: when the answer comes, the consent is found ended.
  `UPDATE hub.token_request
      SET raw_answer = NULL, status = 'overtaken', settled_at = now(), outcome = coalesce(outcome, 'erased')
    WHERE consent_id = ANY ($1::uuid[]) AND status IN ('received', 'in_doubt')`,
  `UPDATE hub.token_request SET raw_answer = NULL WHERE consent_id = ANY ($1::uuid[]) AND raw_answer IS NOT NULL`,
  `DELETE FROM hub.idempotency_key WHERE consent_id = ANY ($1::uuid[])`,
];
