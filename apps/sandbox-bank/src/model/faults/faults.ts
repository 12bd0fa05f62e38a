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
  /** What a TPP that works as it should does then. */
  readonly expected: string;
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
    expected: 'The TPP may ask again once it knows that nothing has changed. Nothing is spent twice.',
  },
  rotate_then_drop: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then cuts the connection: the new pair exists, and its answer is lost.',
    expected:
      'The TPP keeps the outcome as unknown and probes once. Nothing is spent twice; the person may have to consent again.',
  },
  rotate_then_500: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then answers 500: the new pair exists, and the caller does not learn of it.',
    expected:
      'The TPP keeps the outcome as unknown and probes once. Nothing is spent twice; the person may have to consent again.',
  },
  slow: {
    moment: 'after',
    effect: 'delays',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts at once, and answers after delay_ms (default 5000).',
    expected: 'The TPP waits for the answer and stores it. No second call.',
  },
  error_500: {
    moment: 'before',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Answers 500 without acting.',
    expected: 'The TPP comes back later, and by a probe where the call was for tokens.',
  },
  error_503: {
    moment: 'before',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Answers 503 without acting.',
    expected: 'The TPP comes back later. Nothing is spent twice.',
  },
  gateway_302: {
    moment: 'before',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 302,
    does: 'Does not act: a gateway sends the caller to a maintenance page.',
    expected: 'The TPP follows no redirect, and comes back later with the same token.',
  },
  gateway_403: {
    moment: 'before',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 403,
    does: 'Does not act: a firewall answers 403 with a page of its own.',
    expected: 'The TPP does not take it for a refusal of the bank. The consent stays live.',
  },
  gateway_503_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 503,
    does: 'Acts, and a gateway answers 503 with a page of its own: the new pair exists, and its answer is lost.',
    expected: 'The TPP keeps the outcome as unknown and probes once. Nothing is spent twice.',
  },
  gateway_403_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 403,
    does: 'Acts, and a gateway answers 403 with a page of its own: the new pair exists, and its answer is lost.',
    expected: 'The TPP keeps the outcome as unknown and probes once. Nothing is spent twice.',
  },
  gateway_408_after_rotate: {
    moment: 'after',
    effect: 'ends',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: true,
    gatewayStatus: 408,
    does: 'Acts, and a gateway answers 408 with a page of its own: the new pair exists, and its answer is lost.',
    expected: 'The TPP keeps the outcome as unknown and probes once. Nothing is spent twice.',
  },
  broken_json: {
    moment: 'after',
    effect: 'ends',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then sends the first half of the answer’s JSON, as if it were all.',
    expected: 'The TPP keeps the answer that it cannot read, and does not send the token again.',
  },
  missing_field: {
    moment: 'after',
    effect: 'alters',
    endpoint: ANY_ENDPOINT,
    elsewhere: true,
    does: 'Acts, then leaves a field out of the answer: the first (access_token at /token), or the one named in field.',
    expected: 'The TPP keeps the answer that it cannot read, and does not send the token again.',
  },
  expires_in_string: {
    moment: 'after',
    effect: 'alters',
    endpoint: TOKEN_ENDPOINT,
    elsewhere: false,
    does: 'Acts, and gives expires_in as a string.',
    expected: 'The TPP reads the number all the same and stores the pair.',
  },
  no_state_on_error: {
    moment: 'return',
    effect: 'alters',
    endpoint: CALLBACK,
    elsewhere: false,
    does: 'Sends the PSU back with an error and without the state. Waits for a refusal or a failure.',
    expected: 'The TPP shows a page that says so. Nothing is exchanged.',
  },
  bare_return: {
    moment: 'return',
    effect: 'alters',
    endpoint: CALLBACK,
    elsewhere: false,
    does: 'Sends the PSU back with the state only: neither a code nor an error.',
    expected: 'The TPP shows a page that says so. Nothing is exchanged.',
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export const faultsAt = (moment: FaultMoment, effect: FaultEffect): FaultName[] =>
  FAULT_NAMES.filter((name) => FAULTS[name].moment === moment && FAULTS[name].effect === effect);
