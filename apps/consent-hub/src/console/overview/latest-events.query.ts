import { EventFeed, type FeedEvent } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { Cached } from './cached.js';

const MOST_EVENTS = 20;
/** Positions that are read for them: not each of them is an event that is shown. */
const POSITIONS = 1_000;
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
    return this.feed.newest({ after: Math.max(0, upTo - POSITIONS), upTo, limit: MOST_EVENTS });
  }
}
