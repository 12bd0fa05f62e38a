import {
  ExpiryHorizonQuery,
  HubFigures,
  type ExpiryHorizon,
  type FeedEvent,
  type Figures,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AttentionCountsQuery, type AttentionCounts } from './attention-counts.query.js';
import { Cached } from './cached.js';
import { HubConditionService, type HubCondition } from './hub-condition.service.js';
import { LatestEventsQuery } from './latest-events.query.js';
import { ProofQuery, type Proof } from './proof.query.js';

/** How the hub stands now. */
export interface Now {
  readonly figures: Figures;
  readonly attention: AttentionCounts;
  readonly condition: HubCondition;
  readonly proof: Proof;
  /** Newest first. */
  readonly events: readonly FeedEvent[];
}

/** What of the overview is kept current, read once for all who look at it. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly figures: HubFigures,
    private readonly attention: AttentionCountsQuery,
    private readonly condition: HubConditionService,
    private readonly proof: ProofQuery,
    private readonly events: LatestEventsQuery,
  ) {}

  async now(): Promise<Now> {
    const [figures, attention, proof, events] = await Promise.all([
      this.figures.read(),
      this.attention.read(),
      this.proof.read(),
      this.events.read(),
    ]);
    return { figures, attention, proof, events, condition: this.condition.read() };
  }
}

/** Every live consent is read for it. */
const HORIZON_FRESH_MS = 60_000;
const HORIZON_STALE_MS = 3_600_000;

/** When live consents end, counted once for all who look. */
@Injectable()
export class HorizonService {
  private readonly ahead = new Cached(() => this.expiries.read(), HORIZON_FRESH_MS, HORIZON_STALE_MS);

  constructor(private readonly expiries: ExpiryHorizonQuery) {}

  read(): Promise<ExpiryHorizon> {
    return this.ahead.read();
  }
}
