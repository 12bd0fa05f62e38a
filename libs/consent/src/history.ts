import type { Brand } from '@consent-hub/psd2-protocol';
import type { ConsentState } from './domain/consent-state.js';
import type { StateReason } from './domain/transition.js';

/** Access tokens that were handed out to an API client in an hour. */
export interface TokenReadCount {
  /** When the hour began. */
  readonly hour: Date;
  readonly apiClientId: string;
  readonly count: number;
}

/** Calls of POST /token in an hour whose time lies in one bucket. */
export interface LatencyCount {
  readonly hour: Date;
  readonly brand: Brand;
  /** Upper end of the bucket, one of `LATENCY_BUCKETS_MS`. */
  readonly upToMs: number;
  readonly count: number;
}

/**
 * Upper ends of the buckets of the bank's latency, milliseconds. Text of the database: ends may be added, those that are there stay.
 * The last bucket holds all that took longer too.
 */
export const LATENCY_BUCKETS_MS = [
  10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000,
  15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
] as const;

/** Consents that entered a state on a day. A consent that is opened enters `initiated`. */
export interface ConsentFlow {
  /** `2026-01-31`, in UTC. */
  readonly day: string;
  readonly brand: Brand;
  readonly state: ConsentState;
  /** Null where the state has no reasons. */
  readonly reason: StateReason | null;
  readonly count: number;
}

/** One process of a hub, as it described itself last. */
export interface InstanceRun {
  readonly owner: string;
  /** Its name among those at work. */
  readonly name: string;
  /** Whether `HUB_INSTANCE` was in use by another process when it began. */
  readonly isDuplicate: boolean;
  readonly version: string;
  /** Name of the latest migration that it knows. */
  readonly schema: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** When it ended in order; null before, and for one that was killed. */
  readonly endedAt: Date | null;
  /** Whether it has not ended in order and has not described itself for 45 seconds, as the database measures it. */
  readonly isSilent: boolean;
  readonly spoolIsWritable: boolean;
  readonly spoolFiles: number;
  /** Answers of the bank that are not in the database yet, and since when the oldest of them waits. */
  readonly unsettledAnswers: number;
  readonly oldestUnsettledAt: Date | null;
  /** What it did in the last 24 hours. */
  readonly day: InstanceWork;
}

export interface InstanceWork {
  /** Scheduled refreshes that it claimed and that ended. */
  readonly refreshes: number;
  readonly sweeps: number;
  /** Of all these sweeps together, and of the longest. */
  readonly sweepMs: number;
  readonly longestSweepMs: number;
}

/** Something that is marked in plots over time. */
export type HistoryMark =
  /** The first process of another version or schema than the one that began before it. */
  | { readonly kind: 'deployment'; readonly at: Date; readonly version: string; readonly schema: string }
  /** A hub noticed that the database was away, or that another run of the server answers. */
  | { readonly kind: 'unavailable' | 'replaced'; readonly at: Date };

/** What was counted by the hour and by the day. Where features meet: console asks, statistics answers. */
export abstract class FigureHistory {
  /** Oldest first. @param hours of the last so many, the present one among them */
  abstract tokenReads(hours: number): Promise<readonly TokenReadCount[]>;

  /** Oldest first. @param hours of the last so many, the present one among them */
  abstract latencies(hours: number): Promise<readonly LatencyCount[]>;

  /** Oldest first. @param days of UTC, the present one among them */
  abstract consentFlows(days: number): Promise<readonly ConsentFlow[]>;
}

/** Which processes there were, and what happened to them. Where features meet: console asks, statistics answers. */
export abstract class InstanceHistory {
  /** Those that were seen in the last 24 hours, by name. */
  abstract runs(): Promise<readonly InstanceRun[]>;

  /** Oldest first. */
  abstract marks(hours: number): Promise<readonly HistoryMark[]>;

  /** Answers of the bank that were settled from the spool in the last so many hours, by any hub. */
  abstract answersRecovered(hours: number): Promise<number>;
}
