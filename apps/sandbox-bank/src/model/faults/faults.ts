/**
 * When a fault strikes: `before` the bank acts, so that nothing has changed; `after` it has acted and written that down,
 * when the answer goes out; or at the PSU's `return` to the TPP.
 */
export type FaultMoment = 'before' | 'after' | 'return';

/** How a fault leaves the answer: altered, late, or not as an answer at all. */
export type FaultEffect = 'ends' | 'alters' | 'delays';

export interface FaultKind {
  readonly moment: FaultMoment;
  /** One call has one ending; alterations and delays go together, and with an ending only the delay does. */
  readonly effect: FaultEffect;
  /** Where it strikes unless it is told where. */
  readonly endpoint: string;
  /** Where else it may be set: at any machine endpoint, or nowhere. */
  readonly elsewhere: boolean;
  /** In a sentence, for whoever sets it. */
  readonly does: string;
  /** The bank's answer never arrives: a gateway before it answers with this status, and nothing that the bank is known by. */
  readonly gatewayStatus?: number;
}

/** Stands for every endpoint of the machine API. */
export const ANY_ENDPOINT = '*';
export const TOKEN_ENDPOINT = '/token';
/** The browser's way back to the TPP. */
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
    does: 'Acts, then answers 500: the new pair exists, and nobody is told.',
  },
  slow: {
    moment: 'after',
    effect: 'delays',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts at once, and answers after delay_ms (5000 unless told).',
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
