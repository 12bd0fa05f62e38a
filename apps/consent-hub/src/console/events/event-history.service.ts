import { EventFeed, type FeedEvent, type FeedFilter } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';

const PER_PAGE = 50;
const PER_BATCH = 500;
/** Positions that one statement reads, whatever the filter leaves of them. */
const POSITIONS_AT_ONCE = 20_000;
/** Statements of one page: a rare type is searched for in several pages. */
const STATEMENTS_A_PAGE = 10;

export interface EventHistoryPage {
  readonly asOf: Date;
  /** Newest first. */
  readonly items: readonly FeedEvent[];
  /** The next page begins at this position; null: there are no older events. */
  readonly next: number | null;
}

/** Reads events from the newest to the oldest for people, and all of them for exports. */
@Injectable()
export class EventHistoryService {
  constructor(private readonly feed: EventFeed) {}

  /** @param from a position; null: the newest one */
  async page(filter: FeedFilter, from: number | null): Promise<EventHistoryPage> {
    const asOf = new Date();
    const final = await this.feed.advance();
    const items: FeedEvent[] = [];
    let upTo = Math.min(from ?? final, final);
    for (let count = 0; count < STATEMENTS_A_PAGE && upTo > 0; count++) {
      const after = this.startOf(filter, upTo);
      const limit = PER_PAGE - items.length;
      const found = await this.feed.newest({ ...filter, after, upTo, limit });
      items.push(...found);
      upTo = found.length === limit ? (found.at(-1)?.position ?? 1) - 1 : after;
      if (items.length === PER_PAGE) break;
    }
    return { asOf, items, next: upTo > 0 ? upTo : null };
  }

  /** All events that meet the filter, oldest first. */
  async *all(filter: FeedFilter): AsyncGenerator<readonly FeedEvent[]> {
    const final = await this.feed.advance();
    let after = 0;
    while (after < final) {
      const upTo = filter.consentId === undefined ? Math.min(final, after + POSITIONS_AT_ONCE) : final;
      const found = await this.feed.page({ ...filter, after, upTo, limit: PER_BATCH });
      if (found.length > 0) yield found;
      after = found.length === PER_BATCH ? (found.at(-1)?.position ?? upTo) : upTo;
    }
  }

  /** The timeline of one consent is short: it is read as a whole. */
  private startOf({ consentId }: FeedFilter, upTo: number): number {
    return consentId === undefined ? Math.max(0, upTo - POSITIONS_AT_ONCE) : 0;
  }
}
