import { CONSENT_STATES, ENDED_STATES, isEnded, type ConsentState } from '../domain/consent-state.js';
import { STATE_REASONS, type StateReason } from '../domain/transition.js';
import type { SearchCriteria, SearchOrder } from './search-criteria.js';

/** How the pages of a search are ordered: by this column, then by id. */
export interface Ordering {
  readonly column: SearchOrder;
  readonly direction: 'ASC' | 'DESC';
  readonly isNullable: boolean;
}

export const ORDERINGS: Readonly<Record<SearchOrder, Ordering>> = {
  created_at: { column: 'created_at', direction: 'DESC', isNullable: false },
  ended_at: { column: 'ended_at', direction: 'DESC', isNullable: true },
  consent_expires_at: { column: 'consent_expires_at', direction: 'ASC', isNullable: true },
};

/** So short a time holds few enough consents to be read whole. */
const SHORT_MS = 31 * 86_400_000;

/**
 * Whether all that meets the criteria is read and then sorted: consents of a short time that are ordered by another date, since
 * their places in that order are unknown.
 */
export function isSorted(criteria: SearchCriteria, now: Date): boolean {
  const { order = 'created_at', createdFrom, createdTo, endedFrom, endedTo } = criteria;
  return (
    (order !== 'created_at' && isShort(createdFrom, createdTo, now)) ||
    (order !== 'ended_at' && isShort(endedFrom, endedTo, now))
  );
}

const isShort = (from: Date | undefined, to: Date | undefined, now: Date): boolean =>
  from !== undefined && (to ?? now).getTime() - from.getTime() <= SHORT_MS;

/** The states that a consent can be in which meets the criteria. */
export function statesFor({
  states = CONSENT_STATES,
  stateReason,
  endedFrom,
  endedTo,
  order,
}: SearchCriteria): readonly ConsentState[] {
  const hasEnded = (endedFrom ?? endedTo) !== undefined || order === 'ended_at';
  return states.filter(
    (state) => (!hasEnded || isEnded(state)) && (stateReason === undefined || hasReason(state, stateReason)),
  );
}

function hasReason(state: ConsentState, reason: StateReason): boolean {
  const ended = ENDED_STATES.find((one) => one === state);
  const reasons: readonly StateReason[] = ended ? STATE_REASONS[ended] : [];
  return reasons.includes(reason);
}

/**
 * Run before the statement, in its transaction. Every index that it asks yields the order of the pages, but Postgres, which
 * guesses how many rows will pass the filters, may rather fetch them all and sort; and compiling costs more than any page.
 */
export const PLAIN_PLANS = `SELECT set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)`;

export const ORDER_OF = ({ direction }: Ordering): string => `ORDER BY c.at ${direction}, c.id ${direction}`;
