import type { FaultName } from '../../../apps/sandbox-bank/src/model/faults/faults.js';

/** What a call of POST /token meets under a fault; the same at an exchange and at a refresh. */
export interface FaultFact {
  readonly name: FaultName;
  /** Whether the bank has acted all the same. */
  readonly acts: boolean;
  /** Null for a connection that is cut. */
  readonly meets: {
    readonly status: number;
    /** The parsed JSON; null when it is none. */
    readonly body: object | null;
    readonly without?: string;
    /** A gateway answers in the place of the bank. */
    readonly isForeign?: true;
  } | null;
}

const HALF_A_PAIR = { refresh_token: expect.any(String), expires_in: 3600 };
const PAIR = { access_token: expect.any(String), ...HALF_A_PAIR };

/** Source: the sandbox's own; the names of the 500 and the 503 are recorded from the bank. */
export const TOKEN_FAULTS: readonly FaultFact[] = [
  { name: 'drop_before_rotate', acts: false, meets: null },
  { name: 'rotate_then_drop', acts: true, meets: null },
  {
    name: 'rotate_then_500',
    acts: true,
    meets: { status: 500, body: { error: 'INTERNAL_SERVER_ERROR' } },
  },
  { name: 'slow', acts: true, meets: { status: 200, body: PAIR } },
  { name: 'error_500', acts: false, meets: { status: 500, body: { error: 'INTERNAL_SERVER_ERROR' } } },
  { name: 'error_503', acts: false, meets: { status: 503, body: { error: 'SERVICE_UNAVAILABLE' } } },
  { name: 'gateway_302', acts: false, meets: { status: 302, body: null, isForeign: true } },
  { name: 'gateway_403', acts: false, meets: { status: 403, body: null, isForeign: true } },
  { name: 'gateway_503_after_rotate', acts: true, meets: { status: 503, body: null, isForeign: true } },
  { name: 'gateway_403_after_rotate', acts: true, meets: { status: 403, body: null, isForeign: true } },
  { name: 'gateway_408_after_rotate', acts: true, meets: { status: 408, body: null, isForeign: true } },
  { name: 'broken_json', acts: true, meets: { status: 200, body: null } },
  { name: 'missing_field', acts: true, meets: { status: 200, body: HALF_A_PAIR, without: 'access_token' } },
  { name: 'expires_in_string', acts: true, meets: { status: 200, body: { ...PAIR, expires_in: '3600' } } },
];
