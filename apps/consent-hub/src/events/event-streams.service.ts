import type { ServerResponse } from 'node:http';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventFeed, EventFigures, KeyPermissions } from '@consent-hub/consent';
import { describeError, type Caller } from '@consent-hub/platform';
import { EventFollower } from './event-follower.service.js';
import { EventPages } from './event-pages.service.js';
import type { EventSelection } from './event-selection.service.js';
import { EventStream, type EventSource } from './event-stream.js';

/** The streams that are open at this hub. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventStreams.name);
  private readonly streams = new Set<EventStream>();
  /** Open ones by API client. */
  private readonly counts = new Map<string, number>();
  private readonly source: EventSource;
  private leave: (() => void) | null = null;

  constructor(
    private readonly feed: EventFeed,
    private readonly follower: EventFollower,
    private readonly keys: KeyPermissions,
    private readonly figures: EventFigures,
    pages: EventPages,
  ) {
    this.source = {
      since: (position, filter) => follower.since(position, filter),
      stretch: (after, filter, limit) => pages.stretch(after, filter, limit),
    };
  }

  /** Where a stream begins that does not say where: with what happens from now on. */
  startOf({ after }: EventSelection): Promise<number> {
    return after === null ? this.feed.advance() : Promise.resolve(after);
  }

  /** Streams that an API client has open here. */
  countOf({ id }: Caller): number {
    return this.counts.get(id) ?? 0;
  }

  /**
   * Sends events until the reader leaves, its key is revoked, or the hub closes.
   *
   * @param response whose head has been written
   */
  open(response: ServerResponse, caller: Caller, { filter }: EventSelection, after: number): void {
    const stream = new EventStream(response, this.source, { keyId: caller.keyId ?? '', filter, after });
    if (this.follower.hasStopped) return stream.end();
    response.write(':\n\n');
    this.streams.add(stream);
    this.count(caller.id, 1);
    response.once('close', () => this.forget(stream, caller.id));
    this.figures.openStreams = this.streams.size;
    this.leave ??= this.follower.join(() => this.sendAll());
    this.send(stream);
  }

  /** Keeps the connections alive. */
  beat(): void {
    for (const stream of this.streams) stream.beat();
  }

  /** Ends the streams whose key no longer opens what they show. */
  async endRevoked(): Promise<void> {
    if (this.streams.size === 0) return;
    const permissions = await this.keys.ofKeys([...new Set([...this.streams].map(({ keyId }) => keyId))]);
    for (const stream of this.streams) {
      const held = permissions.get(stream.keyId);
      const seesAll = stream.filter.apiClientId === undefined;
      if (!held?.has('events:read') || (seesAll && !held.has('admin'))) stream.end();
    }
  }

  beforeApplicationShutdown(): void {
    for (const stream of this.streams) stream.end();
  }

  private sendAll(): void {
    for (const stream of this.streams) this.send(stream);
  }

  private send(stream: EventStream): void {
    stream.send().catch((error: unknown) => {
      this.logger.error({ msg: 'stream of events ended', error: describeError(error) });
      stream.end();
    });
  }

  private count(apiClientId: string, change: 1 | -1): void {
    const count = (this.counts.get(apiClientId) ?? 0) + change;
    if (count > 0) this.counts.set(apiClientId, count);
    else this.counts.delete(apiClientId);
  }

  private forget(stream: EventStream, apiClientId: string): void {
    this.streams.delete(stream);
    this.count(apiClientId, -1);
    this.figures.openStreams = this.streams.size;
    if (this.streams.size > 0) return;
    this.leave?.();
    this.leave = null;
  }
}
