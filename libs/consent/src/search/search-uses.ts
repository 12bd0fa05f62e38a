import { isEnded, isLive, LIVE_STATES } from '../domain/consent-state.js';
import type { SearchCriteria } from './search-criteria.js';

/** What is asked of the last use `u`; undefined: nothing. @param value makes a parameter of a value */
export function useCondition(
  { usedFrom, usedTo, isUnread }: SearchCriteria,
  value: (given: unknown) => string,
): string | undefined {
  const day = (moment: Date) => `(${value(moment)}::timestamptz AT TIME ZONE 'UTC')::date`;
  const conditions = [
    ...(isUnread === true ? ['u.used_on IS NULL'] : []),
    ...(usedFrom ? [`u.used_on >= ${day(usedFrom)}`] : []),
    ...(usedTo ? [`u.used_on < ${day(usedTo)}`] : []),
  ];
  return conditions.length === 0 ? undefined : conditions.join(' AND ');
}

/** What a use `u` repeats of its consent. @param value makes a parameter of a value */
export function sharedConditions(
  { openedBy, scope, brand, states }: SearchCriteria,
  value: (given: unknown) => string,
): string[] {
  return [
    ...(openedBy === undefined ? [] : [`u.opened_by = ${value(openedBy)}`]),
    ...(scope === undefined ? [] : [`u.scope = ${value(scope)}`]),
    ...(brand === undefined ? [] : [`u.brand = ${value(brand)}`]),
    ...(states?.every(isLive) === true ? ['NOT u.has_ended'] : []),
    ...(states?.every(isEnded) === true ? ['u.has_ended'] : []),
  ];
}

/** What of the states a use does not repeat. @param value makes a parameter of a value */
export function stateCondition({ states }: SearchCriteria, value: (given: unknown) => string): string[] {
  const isAllLive = states?.every(isLive) === true && LIVE_STATES.every((state) => states.includes(state));
  return states === undefined || isAllLive ? [] : [`c.state = ANY (${value(states)}::text[])`];
}

/**
 * Whether the uses are gone through: in the order of creation, which they have. Few consents bear the name of one person or
 * account: of those is asked when they were used.
 */
export const isUseRead = ({ psuRef, iban, order = 'created_at' }: SearchCriteria): boolean =>
  psuRef === undefined && iban === undefined && order === 'created_at';

/** Asked of a consent `c`, row by row: of few rows, or in an order that the table of uses does not have. */
export const IS_USED = (use: string): string =>
  `EXISTS (SELECT FROM hub.consent_use u WHERE u.consent_id = c.id AND ${use} OFFSET 0)`;

interface Uses {
  readonly use: string;
  readonly isUnread: boolean;
  /** What is asked of the use `u` beyond its day: what can be seen there need not be looked up. */
  readonly ofUse: readonly string[];
  /** What else is asked, of a consent `c`. */
  readonly conditions: readonly string[];
  /** Where the page before ended. */
  readonly position: string | undefined;
  readonly limit: number;
}

/**
 * In the order of creation: by the day of the last use, each day in that order; those that were never used are in that order as a
 * whole. The position is asked of the use: the index begins there, which the same condition on the consent does not achieve.
 */
export function inOrderOfCreation({ use, isUnread, ofUse, conditions, position, limit }: Uses): string {
  // Without further conditions the consents themselves need not be looked at.
  const consent =
    conditions.length === 0
      ? ''
      : `CROSS JOIN LATERAL (SELECT FROM hub.consent c WHERE ${[...conditions, 'c.id = u.consent_id'].join(' AND ')} OFFSET 0) c`;
  const beyond = position === undefined ? [] : [`(u.created_at, u.consent_id) < (${position})`];
  const rowsOf = (ofDay: string) => `
      SELECT u.consent_id AS id, u.created_at AS at FROM hub.consent_use u ${consent}
       WHERE ${[ofDay, ...ofUse, ...beyond].join(' AND ')}
       ORDER BY u.created_at DESC, u.consent_id DESC LIMIT ${limit}`;
  if (isUnread) return `(${rowsOf(use)})`;
  const edge = (order: 'ASC' | 'DESC') =>
    `(SELECT u.used_on FROM hub.consent_use u WHERE u.used_on IS NOT NULL AND ${use} ORDER BY u.used_on ${order} LIMIT 1)`;
  return `(SELECT c.id, c.at FROM generate_series(${edge('ASC')}, ${edge('DESC')}, interval '1 day') AS k (day)
      CROSS JOIN LATERAL (${rowsOf('u.used_on = k.day::date')}) c ORDER BY c.at DESC, c.id DESC LIMIT ${limit})`;
}
