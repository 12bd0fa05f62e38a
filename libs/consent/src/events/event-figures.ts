import { Injectable } from '@nestjs/common';
import { EventFeed } from './event-feed.repository.js';

/** Figures of the events in this process, for metrics and statistics. */
@Injectable()
export class EventFigures {
  /** Streams of events that are open. */
  openStreams = 0;

  constructor(private readonly feed: EventFeed) {}

  /** For how long open transactions have held the feed back, seconds. */
  get heldBackSeconds(): number {
    return this.feed.heldBackSeconds;
  }
}
