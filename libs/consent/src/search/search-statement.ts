import { BRANDS, SCOPES } from '@consent-hub/psd2-protocol';
import { CONSENT_STATES, isLive, LIVE_STATES, type ConsentState } from '../domain/consent-state.js';
import {
  ATTENTION,
  DOUBTFUL_REQUEST,
  EXPIRING_BEFORE,
  KEPT_ANSWER,
  MONTHS_OF_FAILURE,
  needsAttention,
} from './attention.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';

/** A statement and the values of its parameters. */
export interface SearchStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Run before the statement, in its transaction. Every index that it asks yields the order of the pages, but Postgres, which
 * guesses how many rows will pass the filters, may rather fetch them all and sort; and compiling costs more than any page.
 */
export const PLAIN_PLANS = `SELECT set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)`;

const NEWEST_FIRST = 'ORDER BY c.created_at DESC, c.id DESC';
const MONTH = (moment: string): string => `date_trunc('month', (${moment}) AT TIME ZONE 'UTC')`;

/**
 * The newest consents that meet the criteria, `limit` of them. Each family of filters has an index that ends in the order of
 * the pages, so that a page reads little more than it shows. What no single index holds in that order is asked in branches,
 * the newest of each, and merged: one for each kind (scope, brand, state), one for each month of expiry.
 */
export function searchStatement(
  criteria: SearchCriteria,
  limit: number,
  after?: SearchPosition,
): SearchStatement {
  const search = new Search(criteria, limit, after);
  return { text: search.text(), values: search.values };
}

class Search {
  readonly values: unknown[] = [];
  private readonly limit: number;
  /** The end of the validity that is asked for. */
  private readonly bound: string | undefined;
  /** What holds for every row, whichever branch finds it. */
  private readonly common: string;

  constructor(
    private readonly criteria: SearchCriteria,
    limit: number,
    after?: SearchPosition,
  ) {
    this.limit = Math.trunc(limit);
    this.bound = criteria.expiresBefore && `${this.value(criteria.expiresBefore)}::timestamptz`;
    this.common = this.commonConditions(after).join(' AND ');
  }

  text(): string {
    return `
      WITH page AS MATERIALIZED (
        SELECT c.id, c.created_at FROM (${this.branches().join(' UNION ')}) c ${NEWEST_FIRST} LIMIT ${this.limit}
      )
      SELECT c.id, ${ATTENTION} AS attention,
             to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
        FROM page JOIN hub.consent c ON c.id = page.id
       ${NEWEST_FIRST}`;
  }

  private branches(): string[] {
    const { psuRef, iban, needsAttention: wanted, states, scope, brand } = this.criteria;
    // Few consents bear the name of one person or account: whatever else is asked is asked of those.
    if (psuRef !== undefined || iban !== undefined)
      return [this.rows([...this.kinds(), ...this.attention()])];
    if (wanted === true) return this.needing();
    if (this.bound !== undefined) return this.expiring(this.bound);
    if (states ?? scope ?? brand) return [this.byKind(states ?? CONSENT_STATES, this.attention())];
    return [this.rows(this.attention())];
  }

  /** What needs attention, from three sides: the journal, the failed, those that will expire. */
  private needing(): string[] {
    const { states = CONSENT_STATES } = this.criteria;
    const inJournal = `c.id IN (
      SELECT r.consent_id FROM hub.token_request r WHERE ${DOUBTFUL_REQUEST}
      UNION SELECT r.consent_id FROM hub.token_request r WHERE ${KEPT_ANSWER})`;
    const live = states.filter(isLive);
    return [
      this.rows([...this.kinds(), inJournal, needsAttention(['in_doubt', 'answer_unreadable'])]),
      ...(states.includes('failed') ? [this.failed()] : []),
      ...(live.length > 0 ? [this.byMonth(EXPIRING_BEFORE, live, [needsAttention(['expiring'])])] : []),
    ];
  }

  /** By the month in which they expire; those of a rare state are fewer than the months have consents. */
  private expiring(bound: string): string[] {
    const { states } = this.criteria;
    const live = states?.filter(isLive);
    const others = states?.filter((state) => !isLive(state)) ?? [];
    return [
      ...(live?.length === 0 ? [] : [this.byMonth(bound, live, this.attention())]),
      ...(others.length > 0 ? [this.byKind(others, this.attention())] : []),
    ];
  }

  private rows(conditions: readonly string[]): string {
    const all = [this.common, ...conditions].filter((condition) => condition !== '');
    const where = all.length > 0 ? `WHERE ${all.join(' AND ')}` : '';
    return `(SELECT c.id, c.created_at FROM hub.consent c ${where} ${NEWEST_FIRST} LIMIT ${this.limit})`;
  }

  private byKind(states: readonly ConsentState[], conditions: readonly string[]): string {
    const { scope, brand } = this.criteria;
    const keys = [
      `unnest(${this.value(scope === undefined ? SCOPES : [scope])}::text[]) AS k1 (scope)`,
      `unnest(${this.value(brand === undefined ? BRANDS : [brand])}::text[]) AS k2 (brand)`,
      `unnest(${this.value(states)}::text[]) AS k3 (state)`,
    ];
    const ofKind = ['c.scope = k1.scope', 'c.brand = k2.brand', 'c.state = k3.state'];
    return this.lateral(keys.join(' CROSS JOIN '), [...ofKind, ...conditions]);
  }

  /** @param live those of the live states that are looked for; absent: every state */
  private byMonth(
    bound: string,
    live: readonly ConsentState[] | undefined,
    conditions: readonly string[],
  ): string {
    const isLiveRow = `c.state IN ('active', 'refreshed')`;
    const edge = (end: 'min' | 'max') =>
      live
        ? `(SELECT ${MONTH(`${end}(c.consent_expires_at)`)} FROM hub.consent c WHERE ${isLiveRow})`
        : `(SELECT ${end}(${MONTH('c.consent_expires_at')}) FROM hub.consent c)`;
    const keys = `generate_series(${edge('min')}, least(${MONTH(bound)}, ${edge('max')}), interval '1 month') AS k (month)`;
    return this.lateral(keys, [
      `${MONTH('c.consent_expires_at')} = k.month`,
      `c.consent_expires_at < ${bound}`,
      ...(live
        ? [live.length < LIVE_STATES.length ? `c.state = ANY (${this.value(live)}::text[])` : isLiveRow]
        : []),
      ...this.scopeAndBrand(),
      ...conditions,
    ]);
  }

  private failed(): string {
    const { from, to } = MONTHS_OF_FAILURE;
    return this.lateral(`generate_series(${MONTH(from)}, ${MONTH(to)}, interval '1 month') AS k (month)`, [
      `c.state = 'failed'`,
      `${MONTH('c.ended_at')} = k.month`,
      ...this.scopeAndBrand(),
      needsAttention(['failed']),
    ]);
  }

  /** The newest rows of each key, and of those the newest. */
  private lateral(keys: string, conditions: readonly string[]): string {
    return `(SELECT c.id, c.created_at FROM ${keys} CROSS JOIN LATERAL ${this.rows(conditions)} c ${NEWEST_FIRST} LIMIT ${this.limit})`;
  }

  private kinds(): string[] {
    const { states } = this.criteria;
    return [...(states ? [`c.state = ANY (${this.value(states)}::text[])`] : []), ...this.scopeAndBrand()];
  }

  private scopeAndBrand(): string[] {
    const { scope, brand } = this.criteria;
    return [
      ...(scope === undefined ? [] : [`c.scope = ${this.value(scope)}`]),
      ...(brand === undefined ? [] : [`c.brand = ${this.value(brand)}`]),
    ];
  }

  private attention(): string[] {
    const { needsAttention: wanted } = this.criteria;
    return wanted === undefined ? [] : [wanted ? needsAttention() : `NOT ${needsAttention()}`];
  }

  private commonConditions(after?: SearchPosition): string[] {
    const { openedBy, psuRef, iban, createdFrom, createdTo } = this.criteria;
    const conditions: string[] = [];
    if (openedBy !== undefined) conditions.push(`c.opened_by = ${this.value(openedBy)}`);
    if (psuRef !== undefined) conditions.push(`c.psu_ref = ${this.value(psuRef)}`);
    if (iban !== undefined) {
      const named = this.value(iban);
      conditions.push(`c.id IN (
        SELECT i.id FROM hub.consent i WHERE i.iban = ${named}
        UNION SELECT a.consent_id FROM hub.consent_account a WHERE a.iban = ${named})`);
    }
    if (createdFrom) conditions.push(`c.created_at >= ${this.value(createdFrom)}`);
    if (this.bound !== undefined) conditions.push(`c.consent_expires_at < ${this.bound}`);
    // The page before ended earlier than this bound; of two bounds Postgres might begin at the wrong one.
    if (createdTo && !after) conditions.push(`c.created_at < ${this.value(createdTo)}`);
    if (after) {
      const position = `${this.value(after.createdAt)}::timestamptz, ${this.value(after.id)}::uuid`;
      conditions.push(`(c.created_at, c.id) < (${position})`);
    }
    return conditions;
  }

  private value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
