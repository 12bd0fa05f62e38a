import { LATENCY_BUCKETS_MS, type LatencyCount } from '@consent-hub/consent';

type Bucket = Pick<LatencyCount, 'upToMs' | 'count'>;

const lowerEndOf = (upToMs: number): number => LATENCY_BUCKETS_MS.findLast((end) => end < upToMs) ?? 0;

/**
 * The time within which that part of the calls ended, milliseconds, as exactly as their buckets allow: within a bucket they are
 * taken as evenly spread.
 *
 * @param part 0.95 for p95
 * @returns null where there is no call
 */
export function percentile(buckets: readonly Bucket[], part: number): number | null {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  for (const { upToMs, count } of [...buckets].sort((one, other) => one.upToMs - other.upToMs)) {
    if (before + count >= part * total) {
      const from = lowerEndOf(upToMs);
      return Math.round(from + ((upToMs - from) * (part * total - before)) / count);
    }
    before += count;
  }
  return null;
}
