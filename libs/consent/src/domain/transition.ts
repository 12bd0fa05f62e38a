import type { TargetState } from './consent-state.js';

/** When a pair is to be refreshed by itself. */
export interface RefreshSchedule {
  /** A pair in use: so long before its access token ends, at most a third of its life. */
  readonly aheadSeconds: number;
  /** In use: asked for within this time. */
  readonly idleHours: number;
  /** When an idle pair is refreshed, so that it stays valid: hours after it was issued. */
  readonly keepaliveHours: number;
}

export const DEFAULT_SCHEDULE: RefreshSchedule = { aheadSeconds: 600, idleHours: 24, keepaliveHours: 24 };

/** A token pair as the database may hold it: sealed, bound to its consent and generation. */
export interface SealedTokenPair {
  readonly generation: number;
  readonly accessToken: Uint8Array;
  readonly refreshToken: Uint8Array;
  /** Key of the vault that sealed the values. */
  readonly keyId: string;
  /** When the request was sent: the life of the tokens may have begun then. */
  readonly issuedAt: Date;
  /** Life of the access token, in seconds from `issuedAt`. */
  readonly expiresInSeconds: number;
  /** Absent: what is known stays. */
  readonly logicalId?: string;
  readonly scaToken?: { readonly value: Uint8Array; readonly expiresInSeconds: number };
  /** Absent: the default one. */
  readonly schedule?: RefreshSchedule;
}

/** Why a consent ended, by the state it ended in. Text of the API: values are added, never renamed. */
export const STATE_REASONS = {
  superseded: ['replaced'],
  revoked: ['withdrawn_at_bank', 'withdrawn_by_psu', 'withdrawn_by_tpp'],
  expired: ['link_timeout', 'replaced', 'validity_ended', 'withdrawn_by_tpp'],
  rejected: ['psu_refused', 'authorization_failed'],
  failed: ['code_refused', 'exchange_lost', 'replaced', 'rotation_lost', 'refresh_refused'],
} as const satisfies Partial<Record<TargetState, readonly string[]>>;

export type StateReason = (typeof STATE_REASONS)[keyof typeof STATE_REASONS][number];

/** Each once, also where several states have it. */
export const ALL_STATE_REASONS: readonly StateReason[] = [
  ...new Set(Object.values(STATE_REASONS).flat()),
].sort();

interface Ending<S extends keyof typeof STATE_REASONS> {
  readonly reason: (typeof STATE_REASONS)[S][number];
}

/** What a transition demands, by its target: a consent cannot become active without tokens, nor end without a reason. */
export interface TransitionData {
  authorized: { readonly authorizationCode: Uint8Array; readonly validityDays: number };
  active: { readonly tokens: SealedTokenPair };
  refreshed: { readonly tokens: SealedTokenPair };
  superseded: Ending<'superseded'> & { readonly successorId: string };
  revoked: Ending<'revoked'>;
  expired: Ending<'expired'>;
  rejected: Ending<'rejected'>;
  failed: Ending<'failed'>;
}

/** The person or program that made an entry of the timeline. `admin:` is followed by the subject of a person who acted in the console. */
export type Actor = 'psu' | `client:${string}` | `admin:${string}` | `hub:${string}`;

/** Facts of a timeline entry: ids, numbers and code words; never a secret or personal data, since entries cannot be erased. */
export type EventData = Readonly<Record<string, string | number | boolean | null>>;
