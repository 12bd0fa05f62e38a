/**
 * The life of a consent. `active` holds the first token pair, `refreshed` the second or a later one: both are live.
 * What follows no arrow is final.
 */
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

/** Every move there is; the types below, the repository and the tests derive from this table. */
export const TRANSITIONS = {
  initiated: ['authorized', 'rejected', 'expired'],
  authorized: ['active', 'failed'],
  active: ['refreshed', 'superseded', 'revoked', 'expired', 'failed'],
  refreshed: ['refreshed', 'superseded', 'revoked', 'expired', 'failed'],
  superseded: [],
  revoked: [],
  expired: [],
  rejected: [],
  failed: [],
} as const satisfies Record<ConsentState, readonly ConsentState[]>;

/** A state that some transition leads to: all but `initiated`, in which a consent is born. */
export type TargetState = (typeof TRANSITIONS)[ConsentState][number];

/** In these states a consent has a token pair that works. */
export const LIVE_STATES = ['active', 'refreshed'] as const satisfies readonly ConsentState[];

export function canMove(from: ConsentState, to: ConsentState): boolean {
  const targets: readonly ConsentState[] = TRANSITIONS[from];
  return targets.includes(to);
}

export const isLive = (state: ConsentState): boolean => LIVE_STATES.some((live) => live === state);

export const isFinal = (state: ConsentState): boolean => TRANSITIONS[state].length === 0;
