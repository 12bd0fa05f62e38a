import type { RefreshSchedule } from '@consent-hub/consent';
import type { CircuitBreakerSettings } from './circuit-breaker-state.js';

/** How the scheduled job of this replica works. */
export class TokenRefreshSettings {
  readonly sweepSeconds: number;
  /** Refreshes under way at a time, for each brand. */
  readonly concurrency: number;
  readonly schedule: RefreshSchedule;
  readonly circuitBreaker: CircuitBreakerSettings;

  constructor(settings: TokenRefreshSettings) {
    this.sweepSeconds = settings.sweepSeconds;
    this.concurrency = settings.concurrency;
    this.schedule = settings.schedule;
    this.circuitBreaker = settings.circuitBreaker;
  }
}
