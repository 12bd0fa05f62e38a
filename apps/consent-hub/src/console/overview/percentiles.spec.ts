import { LATENCY_BUCKETS_MS } from '@consent-hub/consent';
import { percentile } from './percentiles.js';

describe('a percentile', () => {
  it('lies in the bucket in which the calls reach that part', () => {
    const buckets = [
      { upToMs: 1_000, count: 4 },
      { upToMs: 100, count: 90 },
      { upToMs: 5_000, count: 6 },
    ];
    expect(percentile(buckets, 0.5)).toBe(Math.round(75 + (25 * 50) / 90));
    expect(percentile(buckets, 0.95)).toBe(Math.round(4_000 + (1_000 * 1) / 6));
    expect(percentile(buckets, 0.9)).toBe(100);
  });

  it('is not larger than the largest bucket, nor smaller than the end of the one before it', () => {
    for (const [at, upToMs] of LATENCY_BUCKETS_MS.entries()) {
      const all = [0.5, 0.95, 0.99, 1].map((part) => percentile([{ upToMs, count: 7 }], part) ?? -1);
      expect(Math.max(...all)).toBe(upToMs);
      expect(Math.min(...all)).toBeGreaterThan(LATENCY_BUCKETS_MS[at - 1] ?? 0);
    }
  });

  it('is unknown without calls', () => {
    expect(percentile([], 0.5)).toBeNull();
  });
});
