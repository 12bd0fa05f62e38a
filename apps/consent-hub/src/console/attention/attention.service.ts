import {
  ATTENTION_REASONS,
  ConsentSearch,
  type AttentionReason,
  type FoundConsent,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AttentionCountsQuery, type AttentionCounts } from '../overview/attention-counts.query.js';
import { Cached } from '../overview/cached.js';

/** So many of each cause are shown; the search shows the others. */
const SHOWN = 5;
const FRESH_MS = 5_000;

export interface AttentionInbox {
  readonly counts: AttentionCounts;
  /** The latest of each cause. */
  readonly latest: Readonly<Record<AttentionReason, readonly FoundConsent[]>>;
}

/** What needs attention, by cause; read once for all who look at it. */
@Injectable()
export class AttentionService {
  private readonly cached = new Cached(() => this.load(), FRESH_MS);

  constructor(
    private readonly counts: AttentionCountsQuery,
    private readonly search: ConsentSearch,
  ) {}

  read(): Promise<AttentionInbox> {
    return this.cached.read();
  }

  private async load(): Promise<AttentionInbox> {
    const counts = await this.counts.read();
    const present = ATTENTION_REASONS.filter((reason) => counts.byReason[reason].count > 0);
    const found: (readonly [AttentionReason, readonly FoundConsent[]])[] = [];
    for (const reason of present) {
      const { items } = await this.search.page({ needsAttention: true, attentionReasons: [reason] }, SHOWN);
      found.push([reason, items]);
    }
    const none = ATTENTION_REASONS.map((reason) => [reason, [] as readonly FoundConsent[]] as const);
    const latest = Object.fromEntries([...none, ...found]) as unknown as AttentionInbox['latest'];
    return { counts, latest };
  }
}
