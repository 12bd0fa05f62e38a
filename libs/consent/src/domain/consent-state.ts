/** The life of a consent. `active` holds the first token pair, `refreshed` the second or a later one: both are live. */
export const CONSENT_STATES = [
  'initiated',
  'authorized',
  'active',
  'refreshed',
  'superseded',
  'revoked',
  'expired',
  'rejected',
  'failed',
] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** Every move there is; the types below, the repository and the tests derive from this table and the next. */
export const TRANSITIONS = {
  initiated: ['authorized', 'rejected', 'expired'],
  authorized: ['active', 'failed'],
  active: ['refreshed', 'superseded', 'revoked', 'expired', 'failed'],
  refreshed: ['refreshed', 'superseded', 'revoked', 'expired', 'failed'],
  superseded: [],
  revoked: [],
  expired: [],
  rejected: [],
  failed: ['active', 'refreshed'],
} as const satisfies Record<ConsentState, readonly ConsentState[]>;

/**
 * Moves that need more than the right state. A consent failed because its code or refresh token was found spent and the
 * answer was not there: the answer that turns up after all explains the refusal, and brings the pair. No other failure, and
 * no other end, is ever taken back.
 */
export const TAKEN_BACK = {
  failed: {
    active: ['exchange_lost', 'code_refused'],
    refreshed: ['rotation_lost', 'refresh_refused'],
  },
} as const satisfies Partial<Record<ConsentState, Partial<Record<ConsentState, readonly string[]>>>>;

/** A state that some transition leads to: all but `initiated`, in which a consent is born. */
export type TargetState = (typeof TRANSITIONS)[ConsentState][number];

/** A state from which `T` may be reached. */
export type SourceState<T extends TargetState> = {
  [S in ConsentState]: T extends (typeof TRANSITIONS)[S][number] ? S : never;
}[ConsentState];

/** In these states a consent has a token pair that works. */
export const LIVE_STATES = ['active', 'refreshed'] as const satisfies readonly ConsentState[];

/**
 * The same in SQL: `state IN (${LIVE_STATES_SQL})`. Constants, not a parameter: Postgres uses a partial index where it can prove
 * the predicate of the index from the statement.
 */
export const LIVE_STATES_SQL = statesSql(LIVE_STATES);

/**
 * The from-states of a transition of many consents in one statement: `state IN (${fromStatesSql('expired', ['initiated'])})`.
 * States that `TRANSITIONS` does not name as a source of `to` do not compile, nor does `failed`: taking a failure back depends
 * on its reason, and is done one consent at a time.
 */
export const fromStatesSql = <T extends TargetState>(
  _to: T,
  from: readonly Exclude<SourceState<T>, 'failed'>[],
): string => statesSql(from);

/** @param reason why the consent is in `from`, where it has ended */
export function canMove(from: ConsentState, to: ConsentState, reason: string | null = null): boolean {
  const targets: readonly ConsentState[] = TRANSITIONS[from];
  if (!targets.includes(to)) return false;
  if (from !== 'failed') return true;
  const reasons: readonly string[] = to === 'active' || to === 'refreshed' ? TAKEN_BACK.failed[to] : [];
  return reason !== null && reasons.includes(reason);
}

export const isLive = (state: ConsentState): boolean => LIVE_STATES.some((live) => live === state);

/** In these states a consent has ended, and its end is dated. */
export const ENDED_STATES = [
  'superseded',
  'revoked',
  'expired',
  'rejected',
  'failed',
] as const satisfies readonly ConsentState[];

export const isEnded = (state: ConsentState): boolean => ENDED_STATES.some((ended) => ended === state);

function statesSql(states: readonly ConsentState[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}
