import {
  ExpiryHorizonQuery,
  HubFigures,
  RefreshHistory,
  type ExpiryHorizon,
  type Figures,
  type RefreshCount,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AttentionCountsQuery, type AttentionCounts } from './attention-counts.query.js';
import { Cached } from './cached.js';
import { HubConditionService, type HubCondition } from './hub-condition.service.js';

/** How the hub stands now. */
export interface Now {
  readonly figures: Figures;
  readonly attention: AttentionCounts;
  readonly condition: HubCondition;
  /** Of the last seven days. */
  readonly week: readonly RefreshCount[];
}

const WEEK_HOURS = 168;
const WEEK_FRESH_MS = 10_000;
/** Every live consent is read for it. */
const HORIZON_FRESH_MS = 60_000;
const HORIZON_STALE_MS = 3_600_000;

/** What the overview shows, read once for all who look at it. */
@Injectable()
export class OverviewService {
  private readonly week = new Cached(() => this.history.ofLast(WEEK_HOURS), WEEK_FRESH_MS);
  private readonly ahead = new Cached(() => this.expiries.read(), HORIZON_FRESH_MS, HORIZON_STALE_MS);

  constructor(
    private readonly figures: HubFigures,
    private readonly history: RefreshHistory,
    private readonly expiries: ExpiryHorizonQuery,
    private readonly attention: AttentionCountsQuery,
    private readonly condition: HubConditionService,
  ) {}

  async now(): Promise<Now> {
    const [figures, attention, week] = await Promise.all([
      this.figures.read(),
      this.attention.read(),
      this.week.read(),
    ]);
    return { figures, attention, week, condition: this.condition.read() };
  }

  horizon(): Promise<ExpiryHorizon> {
    return this.ahead.read();
  }
}
