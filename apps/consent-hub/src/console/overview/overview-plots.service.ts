import {
  ApiClientNames,
  FigureHistory,
  InstanceHistory,
  RefreshHistory,
  RefreshPausesQuery,
  type ConsentFlow,
  type HistoryMark,
  type LatencyCount,
  type RefreshCount,
  type RefreshPause,
  type TokenReadCount,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { Cached } from './cached.js';
import { RANGES, type Range } from './steps.js';

export const FUNNEL_DAYS = 30;

/** What the plots over time show. */
export interface OverviewPlots {
  readonly range: Range;
  readonly asOf: Date;
  readonly refreshes: readonly RefreshCount[];
  readonly pauses: readonly RefreshPause[];
  readonly marks: readonly HistoryMark[];
  readonly latencies: readonly LatencyCount[];
  readonly reads: readonly TokenReadCount[];
  /** Of those who read. */
  readonly clientNames: ReadonlyMap<string, string>;
  /** Of the last days, whatever the range. */
  readonly flows: readonly ConsentFlow[];
}

const FRESH_MS: Readonly<Record<Range, number>> = { '24h': 10_000, '7d': 15_000, '30d': 60_000 };

/** Reads what was counted by the hour and by the day, once for all who look at the same range. */
@Injectable()
export class OverviewPlotsService {
  private readonly cached: Readonly<Record<Range, Cached<OverviewPlots>>> = {
    '24h': this.cache('24h'),
    '7d': this.cache('7d'),
    '30d': this.cache('30d'),
  };

  constructor(
    private readonly history: RefreshHistory,
    private readonly figures: FigureHistory,
    private readonly instances: InstanceHistory,
    private readonly pauses: RefreshPausesQuery,
    private readonly names: ApiClientNames,
  ) {}

  read(range: Range): Promise<OverviewPlots> {
    return this.cached[range].read();
  }

  private cache(range: Range): Cached<OverviewPlots> {
    return new Cached(() => this.load(range), FRESH_MS[range]);
  }

  private async load(range: Range): Promise<OverviewPlots> {
    const asOf = new Date();
    // The first step may have begun before the range.
    const hours = RANGES[range].hours + RANGES[range].stepHours;
    const [refreshes, pauses, marks, latencies, reads, flows] = await Promise.all([
      this.history.ofLast(hours),
      this.pauses.ofLast(hours),
      this.instances.marks(hours),
      this.figures.latencies(hours),
      this.figures.tokenReads(hours),
      this.figures.consentFlows(FUNNEL_DAYS),
    ]);
    const clientNames = await this.names.ofIds([...new Set(reads.map(({ apiClientId }) => apiClientId))]);
    return { range, asOf, refreshes, pauses, marks, latencies, reads, clientNames, flows };
  }
}
