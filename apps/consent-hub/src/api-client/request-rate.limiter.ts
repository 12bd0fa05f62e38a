import { Problem } from '@consent-hub/platform';
import { RATE_LIMITED } from './api-key.problems.js';
import type { KnownCaller } from './caller.query.js';

/** How much of its rate a client may use at once. */
const BURST_MS = 1000;
/** Sums of fractions of a millisecond are slightly inexact; no client waits for that. */
const ROUNDING_MS = 0.001;

/**
 * How many requests a second a client may make at this hub, and as many at once: the generic cell rate algorithm (ITU-T
 * I.371, annex A), a leaky bucket that is one number per client. The limit comes with the row that knows the key, so a
 * request costs no look-up of its own, and a changed limit holds at once. There are as many entries as API clients: who
 * has no key gets none.
 */
export class RequestRateLimiter {
  /** When each client's bucket is empty again, by `now`. */
  private readonly emptyAt = new Map<string, number>();

  /**
   * @param perSecond for clients without a limit of their own; 0: any number
   * @param now a monotonic clock, milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {}

  /**
   * Counts one request; one that is refused does not count.
   *
   * @throws Problem `rate_limited`
   */
  take({ id, rateLimit }: Pick<KnownCaller, 'id' | 'rateLimit'>): void {
    const perSecond = rateLimit ?? this.perSecond;
    if (perSecond === 0) return;
    const now = this.now();
    const emptyAt = Math.max(this.emptyAt.get(id) ?? now, now) + 1000 / perSecond;
    const waitMs = emptyAt - now - BURST_MS;
    if (waitMs > ROUNDING_MS) throw rateLimited(perSecond, waitMs);
    this.emptyAt.set(id, emptyAt);
  }
}

const rateLimited = (perSecond: number, waitMs: number): Problem =>
  new Problem({
    ...RATE_LIMITED,
    detail: `This API client may make ${perSecond} request${perSecond === 1 ? '' : 's'} a second. Nothing was done; come back after Retry-After.`,
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  });
