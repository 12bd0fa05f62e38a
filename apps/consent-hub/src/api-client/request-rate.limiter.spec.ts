import { Problem } from '@consent-hub/platform';
import fc from 'fast-check';
import { RequestRateLimiter } from './request-rate.limiter.js';

let now: number;
const limitsOf = (perSecond: number) => new RequestRateLimiter(perSecond, () => now);
beforeEach(() => {
  now = 5000;
});

/** Seconds to wait, or 0 when the request was let through. */
function waitOf(limits: RequestRateLimiter, id = 'a', rateLimit: number | null = null): number {
  try {
    limits.take({ id, rateLimit });
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.details).toMatchObject({ status: 429, code: 'rate_limited' });
    return Number(error.details.headers?.['Retry-After']);
  }
}
const accepted = (limits: RequestRateLimiter, requests: number, id = 'a', rateLimit: number | null = null) =>
  Array.from({ length: requests }, () => waitOf(limits, id, rateLimit)).filter((wait) => wait === 0).length;

describe('the requests of an API client', () => {
  it.each([1, 3, 7, 1000])('are let through %i at once, and not one more', (perSecond) => {
    const limits = limitsOf(perSecond);
    expect(accepted(limits, perSecond)).toBe(perSecond);
    expect(waitOf(limits)).toBe(1);
  });

  it('are let through evenly from then on', () => {
    const limits = limitsOf(4);
    accepted(limits, 4);
    now += 249;
    expect(accepted(limits, 1)).toBe(0);
    now += 1;
    expect(accepted(limits, 2)).toBe(1);
    now += 1000;
    expect(accepted(limits, 9)).toBe(4);
  });

  it('do not wait longer because of those that were refused before', () => {
    const limits = limitsOf(2);
    accepted(limits, 500);
    now += 1000;
    expect(accepted(limits, 3)).toBe(2);
  });

  it('do not count for another client', () => {
    const limits = limitsOf(2);
    accepted(limits, 100);
    expect(accepted(limits, 3, 'b')).toBe(2);
  });

  it('are limited by the figure of the client, where it has one, from the next request on', () => {
    const limits = limitsOf(2);
    expect(accepted(limits, 10, 'a', 5)).toBe(5);
    now += 1000;
    expect(accepted(limits, 10, 'a', 3)).toBe(3);
    now += 1000;
    expect(accepted(limits, 10, 'a', null)).toBe(2);
  });

  it('are not limited by 0, neither of the hub nor of the client', () => {
    expect(accepted(limitsOf(0), 10_000)).toBe(10_000);
    expect(accepted(limitsOf(1), 10_000, 'a', 0)).toBe(10_000);
    expect(accepted(limitsOf(0), 10, 'a', 4)).toBe(4);
  });

  it('are let through again after the time that the refusal names, and never exceed the rate by more than a second’s worth', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), steps, (perSecond, pauses) => {
        const limits = limitsOf(perSecond);
        const start = now;
        let through = 0;
        for (const pause of pauses) {
          now += pause;
          through += accepted(limits, 1);
          expect(through).toBeLessThanOrEqual(((now - start) / 1000) * perSecond + perSecond + 0.001);
        }
        accepted(limits, perSecond);
        now += waitOf(limits) * 1000;
        expect(waitOf(limits)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
