import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { ConsentState } from '../domain/consent-state.js';
import type { StateReason } from '../domain/transition.js';
import type { AttentionReason } from './attention.js';

/**
 * - `created_at`: newest first
 * - `ended_at`: latest end first; finds what has ended alone
 * - `consent_expires_at`: soonest end of validity first; finds what the PSU has authenticated alone
 */
export const SEARCH_ORDERS = ['created_at', 'ended_at', 'consent_expires_at'] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];

/** Which consents are searched, and in which order. What is absent does not matter. */
export interface SearchCriteria {
  /** Only what this API client opened. */
  readonly openedBy?: string;
  /** Any of them. */
  readonly states?: readonly ConsentState[];
  /** Why they ended. */
  readonly stateReason?: StateReason;
  readonly scope?: Scope;
  readonly brand?: Brand;
  readonly psuRef?: string;
  /** IBAN of the request, or of an account that the PSU chose. */
  readonly iban?: string;
  /** At this moment or later. */
  readonly createdFrom?: Date;
  /** Before this moment. */
  readonly createdTo?: Date;
  /** Ended at this moment or later. */
  readonly endedFrom?: Date;
  /** Ended before this moment. */
  readonly endedTo?: Date;
  /** Validity ends at this moment or later. */
  readonly expiresFrom?: Date;
  /** Validity ends before this moment, or has ended. */
  readonly expiresBefore?: Date;
  /** A token was last handed out on the day (UTC) of this moment or later. */
  readonly usedFrom?: Date;
  /** A token was last handed out before the day (UTC) of this moment. */
  readonly usedTo?: Date;
  /** True: had its first pair, and no token was handed out since. */
  readonly isUnread?: boolean;
  /** True: those that need it; false: those that do not. */
  readonly needsAttention?: boolean;
  /** With `needsAttention`: those that need it for one of these reasons, also if they have other reasons; absent: for any. */
  readonly attentionReasons?: readonly AttentionReason[];
  /** Absent: `created_at`. */
  readonly order?: SearchOrder;
}

/** Where a page ended: the next one begins with what comes after it in the order of the search. */
export interface SearchPosition {
  /** The moment by which the search orders; ISO 8601 in UTC with all six decimals of Postgres: a `Date` would lose three. */
  readonly at: string;
  readonly id: string;
}
