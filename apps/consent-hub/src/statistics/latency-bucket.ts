import { LATENCY_BUCKETS_MS } from '@consent-hub/consent';

const LAST_MS = 300_000;

/** The upper end of the bucket that a time belongs to; what takes longer than the last one belongs to it. */
export const latencyBucketOf = (ms: number): number => LATENCY_BUCKETS_MS.find((end) => ms <= end) ?? LAST_MS;
