import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { ConsentState } from './domain/consent-state.js';

/** Counts of the whole hub, all from one moment. */
export interface Figures {
  readonly asOf: Date;
  readonly consents: readonly ConsentCount[];
  readonly brands: Readonly<Record<Brand, BrandFigures>>;
  /** Refreshes of the last 24 hours, oldest first. */
  readonly refreshes: readonly RefreshCount[];
}

export interface ConsentCount {
  readonly brand: Brand;
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly count: number;
}

export interface RefreshCount {
  /** When the hour began. */
  readonly hour: Date;
  readonly brand: Brand;
  readonly outcome: string;
  readonly count: number;
}

export interface BrandFigures {
  /** Refreshes that are due and not under way. */
  readonly due: number;
  /** Of these, the ones that have waited too long. */
  readonly overdue: number;
  readonly oldestDueAt: Date | null;
  /** Requests to the bank whose answer was lost. */
  readonly inDoubt: number;
  /** Requests under way, in doubt, or with an answer that cannot be read. */
  readonly openRequests: number;
  readonly circuitBreaker: CircuitBreakerFigures;
}

export interface CircuitBreakerFigures {
  readonly status: 'closed' | 'open' | 'half_open';
  readonly since: Date;
  readonly nextCanaryAt: Date | null;
}
