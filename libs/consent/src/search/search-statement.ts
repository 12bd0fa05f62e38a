import { exactTime } from '@consent-hub/platform';
import { BRANDS, SCOPES } from '@consent-hub/psd2-protocol';
import { CONSENTS_WITH_REQUEST } from '../request-conditions.js';
import { isLive, LIVE_STATES, LIVE_STATES_SQL, type ConsentState } from '../domain/consent-state.js';
import {
  ATTENTION,
  ATTENTION_REASONS,
  EXPIRING_BEFORE,
  JOURNAL_REASONS,
  MONTHS_OF_FAILURE,
  needsAttention,
  REFUSED_ACCOUNTS,
  REQUEST_OF_REASON,
} from './attention.js';
import { isSorted, ORDER_OF, ORDERINGS, statesFor, type Ordering } from './search-access.js';
import type { SearchCriteria, SearchPosition } from './search-criteria.js';
import { timeConditions } from './search-times.js';
import * as uses from './search-uses.js';

/** A statement and the values of its parameters. */
export interface SearchStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const MONTH = (moment: string): string => `date_trunc('month', (${moment}) AT TIME ZONE 'UTC')`;

/**
 * The first consents in the order of the search that meet the criteria, `limit` of them. Each family of filters has an index
 * that ends in the order of the pages, so that a page reads little more than it shows. What no single index holds in that
 * order is asked in branches, the first of each, and merged: one for each kind (scope, brand, state), one for each month of
 * expiry. A short time of another date than the order's is read whole and sorted.
 */
export function searchStatement(
  criteria: SearchCriteria,
  limit: number,
  after?: SearchPosition,
): SearchStatement {
  const mode = isSorted(criteria, new Date()) ? 'sorted' : 'ordered';
  const search = new Search(criteria, limit, mode, after);
  return { text: search.page(), values: search.values };
}

/** How many consents meet the criteria, `limit` at most. Nothing is sorted for it. */
export function countStatement(criteria: SearchCriteria, limit: number): SearchStatement {
  const search = new Search(criteria, limit, 'counted');
  return { text: search.count(), values: search.values };
}

class Search {
  readonly values: unknown[] = [];
  private readonly limit: number;
  private readonly by: Ordering;
  private readonly states: readonly ConsentState[];
  /** Where the end of the validity that is asked for begins and ends. */
  private readonly floor: string | undefined;
  private readonly bound: string | undefined;
  /** What is asked of the last use `u`; undefined: nothing. */
  private readonly use: string | undefined;
  private readonly readsUses: boolean;
  /** Where the page before ended. */
  private readonly position: string | undefined;
  /** Conditions for every row, in every branch. */
  private readonly common: readonly string[];

  constructor(
    private readonly criteria: SearchCriteria,
    limit: number,
    private readonly mode: 'ordered' | 'sorted' | 'counted',
    after?: SearchPosition,
  ) {
    this.limit = Math.trunc(limit);
    this.by = ORDERINGS[criteria.order ?? 'created_at'];
    this.states = statesFor(criteria);
    this.floor = criteria.expiresFrom && `${this.value(criteria.expiresFrom)}::timestamptz`;
    this.bound = criteria.expiresBefore && `${this.value(criteria.expiresBefore)}::timestamptz`;
    this.use = uses.useCondition(criteria, (given) => this.value(given));
    this.readsUses = this.use !== undefined && mode !== 'sorted' && uses.isUseRead(criteria);
    this.position = after && `${this.value(after.at)}::timestamptz, ${this.value(after.id)}::uuid`;
    this.common = this.commonConditions();
  }

  page(): string {
    const order = `ORDER BY at ${this.by.direction}, id ${this.by.direction}`;
    return `
      WITH page AS MATERIALIZED (
        SELECT id, at FROM (${this.branches().join(' UNION ')}) c ${order} LIMIT ${this.limit}
      )
      SELECT c.id, ${ATTENTION} AS attention,
             ${exactTime('page.at')} AS at
        FROM page JOIN hub.consent c ON c.id = page.id
       ORDER BY page.at ${this.by.direction}, page.id ${this.by.direction}`;
  }

  count(): string {
    return `SELECT count(*)::integer AS count FROM (
      SELECT FROM (${this.branches().join(' UNION ')}) c LIMIT ${this.limit}) counted`;
  }

  private branches(): string[] {
    const { psuRef, iban, needsAttention: wanted, stateReason, order = 'created_at' } = this.criteria;
    // Few consents have the name of one person or account: all other conditions are checked on those.
    if (psuRef !== undefined || iban !== undefined)
      return [this.rows([...this.kinds(), ...this.attention(), ...this.used()])];
    if (this.use !== undefined) return [this.byUse(this.use)];
    if (wanted === true) return this.needing();
    // The statistics of its index show Postgres how common a reason is: it then takes that index or the order.
    if (stateReason !== undefined && this.mode !== 'sorted' && order !== 'consent_expires_at')
      return [this.rows([...this.kinds(), ...this.attention()])];
    const isOfExpiry = (this.floor ?? this.bound) !== undefined;
    if (isOfExpiry && order === 'created_at' && this.mode === 'ordered' && !this.isOfEnded())
      return this.expiring();
    if (order === 'created_at' && !isOfExpiry && !this.isOfKinds()) return [this.rows(this.attention())];
    return [this.byKind(this.states, this.attention())];
  }

  private isOfKinds(): boolean {
    const { states, scope, brand } = this.criteria;
    return this.isOfEnded() || (states ?? scope ?? brand) !== undefined;
  }

  private isOfEnded(): boolean {
    return (this.criteria.endedFrom ?? this.criteria.endedTo) !== undefined;
  }

  /** What needs attention, from four sides: the journal, the failed, those that will expire, those without their accounts. */
  private needing(): string[] {
    const { attentionReasons: wanted = ATTENTION_REASONS } = this.criteria;
    const live = this.states.filter(isLive);
    const inJournal = JOURNAL_REASONS.filter((reason) => wanted.includes(reason));
    const branches = [
      ...(inJournal.length > 0 ? [this.inJournal(inJournal)] : []),
      ...(wanted.includes('failed') && this.states.includes('failed') ? [this.failed()] : []),
      ...(wanted.includes('expiring') && live.length > 0 ? [this.expiringSoon(live)] : []),
      ...(wanted.includes('accounts_refused') && live.length > 0
        ? [this.rows([...this.kinds(), REFUSED_ACCOUNTS])]
        : []),
    ];
    return branches.length > 0 ? branches : [this.rows(['false'])];
  }

  private inJournal(reasons: readonly ('in_doubt' | 'answer_unreadable')[]): string {
    const requests = reasons.map((reason) => CONSENTS_WITH_REQUEST(REQUEST_OF_REASON[reason]));
    return this.rows([...this.kinds(), `c.id IN (${requests.join(' UNION ')})`, needsAttention(reasons)]);
  }

  private expiringSoon(live: readonly ConsentState[]): string {
    const conditions = [needsAttention(['expiring'])];
    return this.by === ORDERINGS.created_at
      ? this.byMonth(EXPIRING_BEFORE, live, conditions)
      : this.byKind(live, [`c.consent_expires_at < ${EXPIRING_BEFORE}`, ...conditions]);
  }

  /** By the month in which they expire; those of a rare state are fewer than the months have consents. */
  private expiring(): string[] {
    const { states } = this.criteria;
    const live = states?.filter(isLive);
    const others = states?.filter((state) => !isLive(state)) ?? [];
    return [
      ...(live?.length === 0 ? [] : [this.byMonth(this.bound, live, this.attention())]),
      ...(others.length > 0 ? [this.byKind(others, this.attention())] : []),
    ];
  }

  private used(): string[] {
    return this.use === undefined ? [] : [uses.IS_USED(this.use)];
  }

  /** In another order the kinds are gone through, and of each row is asked when it was used. */
  private byUse(use: string): string {
    if (!this.readsUses) return this.byKind(this.states, [...this.attention(), ...this.used()]);
    const { position, limit, criteria } = this;
    const value = (given: unknown) => this.value(given);
    const conditions = [...this.common, ...uses.stateCondition(criteria, value), ...this.attention()];
    const ofUse = uses.sharedConditions(criteria, value);
    const isUnread = criteria.isUnread === true;
    return uses.inOrderOfCreation({ use, isUnread, ofUse, conditions, position, limit });
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

  /** @param live those of the live states that are searched; absent: every state */
  private byMonth(
    bound: string | undefined,
    live: readonly ConsentState[] | undefined,
    conditions: readonly string[],
  ): string {
    const isLiveRow = `c.state IN (${LIVE_STATES_SQL})`;
    const edge = (end: 'min' | 'max') =>
      live
        ? `(SELECT ${MONTH(`${end}(c.consent_expires_at)`)} FROM hub.consent c WHERE ${isLiveRow})`
        : `(SELECT ${end}(${MONTH('c.consent_expires_at')}) FROM hub.consent c)`;
    const first = this.floor === undefined ? edge('min') : `greatest(${MONTH(this.floor)}, ${edge('min')})`;
    const last = bound === undefined ? edge('max') : `least(${MONTH(bound)}, ${edge('max')})`;
    const keys = `generate_series(${first}, ${last}, interval '1 month') AS k (month)`;
    return this.lateral(keys, [
      `${MONTH('c.consent_expires_at')} = k.month`,
      ...(bound === undefined ? [] : [`c.consent_expires_at < ${bound}`]),
      ...(live
        ? [live.length < LIVE_STATES.length ? `c.state = ANY (${this.value(live)}::text[])` : isLiveRow]
        : []),
      ...this.scopeAndBrand(),
      ...conditions,
    ]);
  }

  private failed(): string {
    const conditions = [needsAttention(['failed'])];
    if (this.by !== ORDERINGS.created_at) return this.byKind(['failed'], conditions);
    const { from, to } = MONTHS_OF_FAILURE;
    return this.lateral(`generate_series(${MONTH(from)}, ${MONTH(to)}, interval '1 month') AS k (month)`, [
      `c.state = 'failed'`,
      `${MONTH('c.ended_at')} = k.month`,
      ...this.scopeAndBrand(),
      ...conditions,
    ]);
  }

  /** The first rows of each key, and of those the first. */
  private lateral(keys: string, conditions: readonly string[]): string {
    const end = this.mode === 'counted' ? `LIMIT ${this.limit}` : `${ORDER_OF(this.by)} LIMIT ${this.limit}`;
    return `(SELECT c.id, c.at FROM ${keys} CROSS JOIN LATERAL ${this.rowsOf(conditions)} c ${end})`;
  }

  private rows(conditions: readonly string[]): string {
    // Counted, they are read in the order as well: without one Postgres would begin with the table itself.
    if (this.mode !== 'sorted') return this.rowsOf(conditions, 'ordered');
    return `(SELECT c.id, c.at FROM ${this.rowsOf(conditions)} c ${ORDER_OF(this.by)} LIMIT ${this.limit})`;
  }

  private rowsOf(conditions: readonly string[], mode = this.mode): string {
    const where = [...this.common, ...conditions];
    const ends = {
      ordered: `ORDER BY c.${this.by.column} ${this.by.direction}, c.id ${this.by.direction} LIMIT ${this.limit}`,
      counted: `LIMIT ${this.limit}`,
      // Keeps Postgres from reading in the order instead, where it might read all there is.
      sorted: 'OFFSET 0',
    };
    return `(SELECT c.id, c.${this.by.column} AS at FROM hub.consent c ${
      where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''
    } ${ends[mode]})`;
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
    const { needsAttention: wanted, attentionReasons: reasons } = this.criteria;
    return wanted === undefined ? [] : [wanted ? needsAttention(reasons) : `NOT ${needsAttention()}`];
  }

  private commonConditions(): string[] {
    const { openedBy, psuRef, iban, stateReason } = this.criteria;
    const conditions: string[] = this.by.isNullable ? [`c.${this.by.column} IS NOT NULL`] : [];
    if (openedBy !== undefined && !this.readsUses) conditions.push(`c.opened_by = ${this.value(openedBy)}`);
    if (psuRef !== undefined) conditions.push(`c.psu_ref = ${this.value(psuRef)}`);
    if (iban !== undefined) {
      const named = this.value(iban);
      conditions.push(`c.id IN (
        SELECT i.id FROM hub.consent i WHERE i.iban = ${named}
        UNION SELECT a.consent_id FROM hub.consent_account a WHERE a.iban = ${named})`);
    }
    // What has a reason has ended, which the index of reasons asks for.
    if (stateReason !== undefined)
      conditions.push(`c.state_reason = ${this.value(stateReason)}`, 'c.ended_at IS NOT NULL');
    if (this.floor !== undefined) conditions.push(`c.consent_expires_at >= ${this.floor}`);
    if (this.bound !== undefined) conditions.push(`c.consent_expires_at < ${this.bound}`);
    const page = { by: this.by, isLater: this.position !== undefined };
    conditions.push(...timeConditions(this.criteria, page, (given) => this.value(given)));
    if (this.position !== undefined && !this.readsUses) {
      const beyond = this.by.direction === 'DESC' ? '<' : '>';
      conditions.push(`(c.${this.by.column}, c.id) ${beyond} (${this.position})`);
    }
    return conditions;
  }

  private value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
