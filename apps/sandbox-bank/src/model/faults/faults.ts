/**
 * When a fault is applied: `before` the bank acts, so that nothing has changed; `after` it has acted and committed, to its
 * answer; or at the PSU's `return` to the TPP.
 */
export type FaultMoment = 'before' | 'after' | 'return';

/** What a fault does with the answer: it ends the call, alters the answer, or delays it. */
export type FaultEffect = 'ends' | 'alters' | 'delays';

export interface FaultKind {
  readonly moment: FaultMoment;
  /** A call has at most one fault that ends it; alterations and delays are combined, with an ending only the delays. */
  readonly effect: FaultEffect;
  /** The endpoint unless the setting names one. */
  readonly endpoint: string;
  /** Where else it may be set: at any machine endpoint, or nowhere. */
  readonly elsewhere: boolean;
  /** A description, for the person who sets it. */
  readonly does: string;
  /** The status with which a gateway before the bank answers, in place of the bank and without its headers. */
  readonly gatewayStatus?: number;
}

/** Stands for every endpoint of the machine API. */
export const ANY_ENDPOINT = '*';
export const TOKEN_ENDPOINT = '/token';
/** The PSU's return to the TPP. */
export const CALLBACK = '/callback';

/** The named faults, in the order in which they are shown. */
export const FAULTS = {
  drop_before_rotate: {
    moment: 'before',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    does: 'Cuts the connection before acting: no answer, and nothing has changed.',
  },
  rotate_then_drop: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then cuts the connection: the new pair exists, and its answer is lost.',
  },
  rotate_then_500: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then answers 500: the new pair exists, and the caller does not learn of it.',
  },
  slow: {
    moment: 'after',
    effect: 'delays',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts at once, and answers after delay_ms (default 5000).',
  },
  error_500: {
    moment: 'before',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Answers 500 without acting.',
  },
  error_503: {
    moment: 'before',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Answers 503 without acting.',
  },
  gateway_302: {
    moment: 'before',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 302,
    does: 'Does not act: a gateway sends the caller to a maintenance page.',
  },
  gateway_403: {
    moment: 'before',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 403,
    does: 'Does not act: a firewall answers 403 with a page of its own.',
  },
  gateway_503_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 503,
    does: 'Acts, and a gateway answers 503 with a page of its own: the new pair exists, and its answer is lost.',
  },
  gateway_403_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 403,
    does: 'Acts, and a gateway answers 403 with a page of its own: the new pair exists, and its answer is lost.',
  },
  gateway_408_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 408,
    does: 'Acts, and a gateway answers 408 with a page of its own: the new pair exists, and its answer is lost.',
  },
  broken_json: {
    moment: 'after',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then sends the first half of the answer’s JSON, as if it were all.',
  },
  missing_field: {
    moment: 'after',
    effect: 'alters',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then leaves a field out of the answer: the first (access_token at /token), or the one named in field.',
  },
  expires_in_string: {
    moment: 'after',
    effect: 'alters',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: false,
    does: 'Acts, and gives expires_in as a string.',
  },
  no_state_on_error: {
    moment: 'return',
    effect: 'alters',
    endpoint: CALLBACK,
    elsewhere: false,
    does: 'Sends the PSU back with an error and without the state. Waits for a refusal or a failure.',
  },
  bare_return: {
    moment: 'return',
    effect: 'alters',
    endpoint: CALLBACK,
    elsewhere: false,
    does: 'Sends the PSU back with the state only: neither a code nor an error.',
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export const faultsAt = (moment: FaultMoment, effect: FaultEffect): FaultName[] =>
  FAULT_NAMES.filter((name) => FAULTS[name].moment === moment && FAULTS[name].effect === effect);
