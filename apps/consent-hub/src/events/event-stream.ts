import type { ServerResponse } from 'node:http';
import type { FeedFilter } from '@consent-hub/consent';
import type { EventSlice, ReadyEvent } from './event-follower.service.js';

/** What a stream reads from. */
export interface EventSource {
  /** Events from memory; null: the memory begins later. */
  since(position: number, filter: FeedFilter): EventSlice | null;
  /** Events from the database. */
  stretch(after: number, filter: FeedFilter, limit: number): Promise<EventSlice>;
}

/** The owner of a stream, and what it holds. */
export interface StreamOwner {
  readonly keyId: string;
  readonly filter: FeedFilter;
  /** Events after this position. */
  readonly after: number;
}

/** Bytes that may wait for a slow reader before the stream reads on. */
const MOST_BUFFERED = 64 * 1024;
/** A reader that takes none of them for so long loses its stream, milliseconds. */
const SLOWEST_MS = 15_000;
const READ_AT_ONCE = 100;

/** One open stream of Server-Sent Events (HTML Living Standard, section 9.2). */
export class EventStream {
  readonly keyId: string;
  readonly filter: FeedFilter;
  private position: number;
  private isReading = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly source: EventSource,
    { keyId, filter, after }: StreamOwner,
  ) {
    this.keyId = keyId;
    this.filter = filter;
    this.position = after;
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  /**
   * Sends all events that are due. Returns at once where a call is already sending: that call sends the new events as well.
   * If this rejects, the reader continues from the last event that it got.
   */
  async send(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      while (this.isOpen && (await this.sendNext()));
    } finally {
      this.isReading = false;
    }
  }

  /** A line without content, so that no proxy closes the connection as idle. */
  beat(): void {
    if (this.isOpen && this.response.writableLength <= MOST_BUFFERED) this.response.write(':\n\n');
  }

  end(): void {
    if (this.isOpen) this.response.end();
  }

  /** @returns false where there is nothing more for now */
  private async sendNext(): Promise<boolean> {
    const before = this.position;
    const slice =
      this.source.since(before, this.filter) ??
      (await this.source.stretch(before, this.filter, READ_AT_ONCE));
    for (const event of slice.events) {
      if (!this.isOpen) return false;
      this.response.write(textOf(event));
      this.position = event.position;
      if (this.response.writableLength > MOST_BUFFERED && !(await this.drained())) return false;
    }
    this.position = Math.max(this.position, slice.upTo);
    return this.position > before;
  }

  /** @returns false where its reader takes nothing: the stream is cut off then */
  private drained(): Promise<boolean> {
    const { response } = this;
    return new Promise((resolve) => {
      const end = (isDrained: boolean): void => {
        clearTimeout(timer);
        response.off('drain', onDrain).off('close', onClose);
        resolve(isDrained);
      };
      const onDrain = (): void => end(true);
      const onClose = (): void => end(false);
      const timer = setTimeout(() => {
        response.destroy();
        end(false);
      }, SLOWEST_MS);
      response.once('drain', onDrain).once('close', onClose);
    });
  }
}

const textOf = ({ id, type, json }: ReadyEvent): string => `id: ${id}\nevent: ${type}\ndata: ${json}\n\n`;
