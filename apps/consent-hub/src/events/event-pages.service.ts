import { Injectable } from '@nestjs/common';
import { EventFeed, type FeedFilter } from '@consent-hub/consent';
import { EventFollower, type EventSlice } from './event-follower.service.js';
import type { EventSelection } from './event-selection.service.js';

/** So many positions are read in one statement, before the filter: some hundredths of a second. */
const POSITIONS_AT_ONCE = 20_000;
/** A page that has found nothing ends after so long, milliseconds, and says how far it came. */
const SEARCHES_FOR_MS = 2_000;

/** A page, and how it may wait for its first event. */
export interface WantedPage {
  readonly limit: number;
  readonly waitMs: number;
}

/** Reads pages of events. */
@Injectable()
export class EventPages {
  constructor(
    private readonly feed: EventFeed,
    private readonly follower: EventFollower,
  ) {}

  /** From the beginning where the selection does not say. Empty where nothing came in time. */
  async read({ filter, after }: EventSelection, { limit, waitMs }: WantedPage): Promise<EventSlice> {
    const deadline = performance.now() + waitMs;
    await this.feed.advance();
    let slice = await this.search(after ?? 0, filter, limit);
    while (slice.events.length === 0 && slice.upTo >= this.feed.finalPosition && !this.follower.hasStopped) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      const { upTo } = slice;
      slice = (await this.wait(upTo, filter, limit, leftMs)) ?? (await this.search(upTo, filter, limit));
    }
    return slice;
  }

  /** The next events, as far as one statement reads. The database is asked. */
  async stretch(after: number, filter: FeedFilter, limit: number): Promise<EventSlice> {
    const { finalPosition } = this.feed;
    const end = filter.consentId === undefined ? after + POSITIONS_AT_ONCE : finalPosition;
    const upTo = Math.max(after, Math.min(end, finalPosition));
    if (upTo === after) return { events: [], upTo };
    const found = await this.feed.page({ after, upTo, limit, ...filter });
    const isFull = found.length === limit;
    return {
      events: await this.follower.ready(found),
      upTo: isFull ? (found.at(-1)?.position ?? upTo) : upTo,
    };
  }

  private async search(after: number, filter: FeedFilter, limit: number): Promise<EventSlice> {
    const deadline = performance.now() + SEARCHES_FOR_MS;
    let slice = await this.stretch(after, filter, limit);
    while (
      slice.events.length === 0 &&
      slice.upTo < this.feed.finalPosition &&
      performance.now() < deadline &&
      !this.follower.hasStopped
    )
      slice = await this.stretch(slice.upTo, filter, limit);
    return slice;
  }

  /** @returns empty after `ms`, and when the hub closes; null where the database has more than is kept in memory */
  private wait(after: number, filter: FeedFilter, limit: number, ms: number): Promise<EventSlice | null> {
    return new Promise((resolve) => {
      let looked = after;
      const end = (slice: EventSlice | null): void => {
        clearTimeout(timer);
        leave();
        resolve(slice);
      };
      const look = (): void => {
        const slice = this.follower.since(looked, filter);
        if (slice === null) return end(null);
        looked = slice.upTo;
        if (slice.events.length > 0) end(firstOf(slice, limit));
        else if (this.follower.hasStopped) end(slice);
      };
      const timer = setTimeout(() => end({ events: [], upTo: looked }), ms);
      const leave = this.follower.join(look);
      look();
    });
  }
}

function firstOf({ events, upTo }: EventSlice, limit: number): EventSlice {
  const page = events.slice(0, limit);
  return { events: page, upTo: page.length < events.length ? (page.at(-1)?.position ?? upTo) : upTo };
}
