import {
  ATTENTION_REASONS,
  ConsentSearch,
  type AttentionReason,
  type ConsentCountUpTo,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { Cached } from './cached.js';

/** How many consents need attention, by reason, and all in all. One may need it for several reasons. */
export interface AttentionCounts {
  readonly asOf: Date;
  readonly all: ConsentCountUpTo;
  readonly byReason: Readonly<Record<AttentionReason, ConsentCountUpTo>>;
}

const FRESH_MS = 5_000;
const NONE: ConsentCountUpTo = { count: 0, isExact: true };

/** Counts them once for all who ask. */
@Injectable()
export class AttentionCountsQuery {
  private readonly cached = new Cached(() => this.count(), FRESH_MS);

  constructor(private readonly search: ConsentSearch) {}

  read(): Promise<AttentionCounts> {
    return this.cached.read();
  }

  private async count(): Promise<AttentionCounts> {
    const asOf = new Date();
    const wanted = [ATTENTION_REASONS, ...ATTENTION_REASONS.map((reason) => [reason] as const)];
    const [all = NONE, ...counts] = await this.search.counts(
      wanted.map((attentionReasons) => ({ needsAttention: true, attentionReasons })),
    );
    const byReason = Object.fromEntries(
      ATTENTION_REASONS.map((reason, at) => [reason, counts[at] ?? NONE]),
    ) as unknown as AttentionCounts['byReason'];
    return { asOf, all, byReason };
  }
}
