import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { ConsentState } from '../domain/consent-state.js';

/** Which consents are looked for. What is absent does not matter. */
export interface SearchCriteria {
  /** Only what this API client opened. */
  readonly openedBy?: string;
  /** Any of them. */
  readonly states?: readonly ConsentState[];
  readonly scope?: Scope;
  readonly brand?: Brand;
  readonly psuRef?: string;
  /** Of the request, or of an account that the PSU chose. */
  readonly iban?: string;
  /** At this moment or later. */
  readonly createdFrom?: Date;
  /** Before this moment. */
  readonly createdTo?: Date;
  /** Validity ends before this moment, or has ended. */
  readonly expiresBefore?: Date;
  /** True: those that need it; false: those that do not. */
  readonly needsAttention?: boolean;
}

/** Where a page ended: the next one begins with what was created before it. */
export interface SearchPosition {
  /** ISO 8601 in UTC with all six decimals that Postgres keeps: a `Date` would lose three. */
  readonly createdAt: string;
  readonly id: string;
}
