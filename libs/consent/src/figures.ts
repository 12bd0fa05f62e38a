import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { ConsentState } from './domain/consent-state.js';
import type { Actor } from './domain/transition.js';

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
  /** The ones of these that have waited too long. */
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
  /** Since when a person has paused the scheduled refreshes, whatever the status; null: no person has. */
  readonly pausedAt: Date | null;
}

/** A circuit breaker of refreshes, with what has led to its status. */
export interface CircuitBreakerStanding extends CircuitBreakerFigures {
  readonly brand: Brand;
  /** The person who has paused the scheduled refreshes. */
  readonly pausedBy: Actor | null;
  /** The person who resumed them while it was open; null once it has closed or opened again. */
  readonly resumedBy: Actor | null;
  /** The outcomes that it counts, newest last: null for a good one, else the consent. Of an open one those that opened it. */
  readonly results: readonly (string | null)[];
  /** Canaries in a row that have failed and have doubled the wait for the next one. */
  readonly canaryFailures: number;
  /** Scheduled refreshes under way, on all hubs. */
  readonly underWay: number;
  /** So many that count, of the last `window`, open it. */
  readonly failures: number;
  readonly window: number;
}
