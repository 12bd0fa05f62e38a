import { EventFeed, type FeedEvent } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { Cached } from './cached.js';

const MOST_EVENTS = 20;
/** Positions that are looked at for them, the second time where too few of the first were visible events. */
const WINDOWS = [60, 1_000] as const;
const FRESH_MS = 1_500;

/** The newest events, read once for all who look. */
@Injectable()
export class LatestEventsQuery {
  private readonly cached = new Cached(() => this.load(), FRESH_MS);

  constructor(private readonly feed: EventFeed) {}

  /** Newest first. */
  read(): Promise<readonly FeedEvent[]> {
    return this.cached.read();
  }

  private async load(): Promise<readonly FeedEvent[]> {
    const upTo = await this.feed.advance();
    const near = await this.within(upTo, WINDOWS[0]);
    const found = near.length < MOST_EVENTS && upTo > WINDOWS[0] ? await this.within(upTo, WINDOWS[1]) : near;
    return found.slice(-MOST_EVENTS).reverse();
  }

  private within(upTo: number, window: number): Promise<FeedEvent[]> {
    return this.feed.page({ after: Math.max(0, upTo - window), upTo, limit: window });
  }
}
