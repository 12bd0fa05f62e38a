import { ValidateBy } from 'class-validator';
import { WholeNumber } from './validators.js';

/** When pairs are refreshed by themselves, how many at a time, and when that stops. */
export class RefreshSettings {
  @WholeNumber(1, 3600)
  REFRESH_SWEEP_SECONDS: number = 5;

  /** At most a third of the token's life, also when a larger value is set here. */
  @WholeNumber(1, 86_400)
  REFRESH_AHEAD_SECONDS: number = 600;

  /** For each brand and replica. */
  @WholeNumber(1, 1024)
  REFRESH_CONCURRENCY: number = 32;

  @WholeNumber(1, 8760)
  REFRESH_IDLE_HOURS: number = 24;

  @WholeNumber(1, 8760)
  REFRESH_KEEPALIVE_HOURS: number = 24;

  /** For one consent; 0: any number of them. */
  @WholeNumber(0, 3600)
  REFRESH_MIN_INTERVAL_SECONDS: number = 30;

  @WholeNumber(1, 1000)
  REFRESH_GUARD_FAILURES: number = 5;

  @ValidateBy({
    name: 'circuitBreakerWindow',
    validator: {
      validate: (value: unknown, given) => {
        const failures = (given?.object as RefreshSettings | undefined)?.REFRESH_GUARD_FAILURES ?? 1;
        return Number.isInteger(value) && Number(value) >= failures && Number(value) <= 1000;
      },
      defaultMessage: () => '$property must be a whole number from REFRESH_GUARD_FAILURES to 1000',
    },
  })
  REFRESH_GUARD_WINDOW: number = 20;

  /** The first wait; each failure doubles it. */
  @WholeNumber(1, 3600)
  REFRESH_GUARD_CANARY_SECONDS: number = 60;

  /** Connections to each bank: twice as many as refreshes at a time, and some at least, so that callers who wait find a free one. */
  get connectionsPerBank(): number {
    return Math.max(64, 2 * this.REFRESH_CONCURRENCY);
  }
}
