import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventFeed, type FeedEvent, type FeedFilter } from '@consent-hub/consent';
import { describeError } from '@consent-hub/platform';
import { EventViews, type EventView } from '../http-api/event.view.js';

/** An event as it is handed to many: its view was made once. */
export interface ReadyEvent extends Pick<
  FeedEvent,
  'position' | 'id' | 'type' | 'consentId' | 'apiClientId'
> {
  readonly view: EventView;
  /** The view as JSON: one text, however many streams send it. */
  readonly json: string;
}

/** Events after one position up to another one, as a filter leaves them. */
export interface EventSlice {
  readonly events: readonly ReadyEvent[];
  /** Events up to this position have been read. */
  readonly upTo: number;
}

/** Time between two readings while a request waits, milliseconds. */
const INTERVAL_MS = 200;
/** The same after a failed reading. */
const INTERVAL_AFTER_FAILURE_MS = 1_000;
/** Events that are kept in memory, about a kilobyte each; who is further behind reads the database. */
const KEPT = 2_000;
const READ_AT_ONCE = 500;

/**
 * Reads the feed for all who wait for new events: one reading serves them all. Nothing is read while no request waits.
 */
@Injectable()
export class EventFollower implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventFollower.name);
  private readonly waiting = new Set<() => void>();
  private kept: ReadyEvent[] = [];
  /** The events after the first position up to the second one are kept; null: not known yet. */
  private range: { from: number; upTo: number } | null = null;
  private running: Promise<void> | null = null;
  private endPause: (() => void) | null = null;
  private isStopped = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly views: EventViews,
  ) {}

  /** The hub closes: nothing new will come. */
  get hasStopped(): boolean {
    return this.isStopped;
  }

  /**
   * Calls back whenever there is more to read, and when the hub closes.
   *
   * @returns call it to wait no longer
   */
  join(onMore: () => void): () => void {
    this.waiting.add(onMore);
    if (!this.isStopped) this.running ??= this.run();
    return () => {
      this.waiting.delete(onMore);
      if (this.waiting.size === 0) this.endPause?.();
    };
  }

  /** @returns null where the position lies before what is kept: the database knows */
  since(position: number, filter: FeedFilter): EventSlice | null {
    if (this.range === null || position >= this.range.upTo) return { events: [], upTo: position };
    if (position < this.range.from) return null;
    const events = this.kept.slice(this.firstAfter(position)).filter((event) => isWanted(event, filter));
    return { events, upTo: this.range.upTo };
  }

  /** The same form for events that were read from the database for one reader. */
  async ready(events: readonly FeedEvent[]): Promise<ReadyEvent[]> {
    const views = new Map((await this.views.build(events)).map((view) => [view.id, view]));
    return events.flatMap(({ position, id, type, consentId, apiClientId }) => {
      const view = views.get(id);
      return view ? [{ position, id, type, consentId, apiClientId, view, json: JSON.stringify(view) }] : [];
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.endPause?.();
    this.callBack();
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0 && !this.isStopped) {
      const isDone = await this.look().then(
        () => true,
        (error: unknown) => {
          this.logger.error({ msg: 'events not read; tried again', error: describeError(error) });
          return false;
        },
      );
      await this.pause(isDone ? INTERVAL_MS : INTERVAL_AFTER_FAILURE_MS);
    }
    this.running = null;
    this.range = null;
    this.kept = [];
  }

  private async look(): Promise<void> {
    const final = await this.feed.advance();
    if (this.range === null) {
      this.range = { from: final, upTo: final };
      // A reader that began before that reads the database first.
      this.callBack();
    }
    while (this.range.upTo < final) {
      const after = this.range.upTo;
      const page = await this.feed.page({ after, upTo: final, limit: READ_AT_ONCE });
      this.keep(await this.ready(page));
      this.range.upTo = page.length < READ_AT_ONCE ? final : (page.at(-1)?.position ?? final);
      this.callBack();
    }
  }

  private keep(events: readonly ReadyEvent[]): void {
    const erased = new Set(
      events.filter(({ type }) => type === 'consent.erased').map(({ consentId }) => consentId),
    );
    if (erased.size > 0)
      this.kept = this.kept.filter(({ consentId }) => consentId === null || !erased.has(consentId));
    this.kept.push(...events);
    const tooMany = this.kept.length - KEPT;
    if (tooMany <= 0 || this.range === null) return;
    this.range.from = this.kept[tooMany - 1]?.position ?? this.range.from;
    this.kept = this.kept.slice(tooMany);
  }

  private firstAfter(position: number): number {
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.kept[middle]?.position ?? Infinity) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private callBack(): void {
    for (const onMore of [...this.waiting]) onMore();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const isWanted = (
  { type, consentId, apiClientId }: ReadyEvent,
  { types, apiClientId: client, consentId: consent }: FeedFilter,
): boolean =>
  (types === undefined || types.includes(type)) &&
  (client === undefined || apiClientId === client) &&
  (consent === undefined || consentId === consent);
