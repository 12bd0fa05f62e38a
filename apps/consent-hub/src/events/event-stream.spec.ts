import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import type { ReadyEvent } from './event-follower.service.js';
import { EventStream, type EventSource } from './event-stream.js';

const KILOBYTE = 'x'.repeat(1024);
const SLOWEST_MS = 15_000;

/** The response of a reader that takes what was written only when it reads. */
class SlowResponse extends Writable {
  readonly taken: string[] = [];
  private takeNext: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.takeNext = () => {
      this.taken.push(chunk.toString('utf8'));
      done();
    };
  }

  /** Takes all that waits, and what comes while it does so. */
  async readAll(): Promise<void> {
    while (this.takeNext) {
      const take = this.takeNext;
      this.takeNext = null;
      take();
      await jest.advanceTimersByTimeAsync(1);
    }
  }

  get ids(): string[] {
    return this.taken.flatMap((text) => /^id: (\S+)/.exec(text)?.[1] ?? []);
  }
}

const eventAt = (position: number): ReadyEvent =>
  ({ position, id: `evt_${position}`, type: 'consent.opened', json: KILOBYTE }) as ReadyEvent;

describe('a stream of events', () => {
  let response: SlowResponse;
  let stream: EventStream;
  let last: number;

  beforeEach(() => {
    jest.useFakeTimers();
    response = new SlowResponse();
    last = 200;
    const source: EventSource = {
      since: () => null,
      stretch: (after) => {
        const upTo = Math.min(last, after + 100);
        const events = Array.from({ length: upTo - after }, (_, index) => eventAt(after + index + 1));
        return Promise.resolve({ events, upTo });
      },
    };
    stream = new EventStream(response as unknown as ServerResponse, source, {
      keyId: 'key',
      filter: {},
      after: 0,
    });
  });
  afterEach(() => jest.useRealTimers());

  it('keeps little in memory for a reader that takes nothing, and cuts it off after 15 seconds', async () => {
    const sending = stream.send();
    await jest.advanceTimersByTimeAsync(SLOWEST_MS - 1_000);
    expect(response.writableLength).toBeLessThan(2 * 64 * 1024);
    expect(response.destroyed).toBe(false);
    expect(response.writableLength).toBeGreaterThan(64 * 1024);
    await jest.advanceTimersByTimeAsync(1_000);
    await sending;
    expect([response.destroyed, stream.isOpen]).toEqual([true, false]);
  });

  it('writes no comment for a reader that is behind', async () => {
    void stream.send();
    await jest.advanceTimersByTimeAsync(1);
    const before = response.writableLength;
    stream.beat();
    expect(response.writableLength).toBe(before);
  });

  it('continues where a slow reader reads in time, without a gap, with the events of the meantime', async () => {
    const sending = stream.send();
    await jest.advanceTimersByTimeAsync(SLOWEST_MS - 1_000);
    last = 250;
    void stream.send();
    await response.readAll();
    await sending;
    expect(response.ids).toEqual(Array.from({ length: 250 }, (_, index) => `evt_${index + 1}`));
    expect(stream.isOpen).toBe(true);
  });

  it('ends quietly when its reader leaves while events wait', async () => {
    const sending = stream.send();
    await jest.advanceTimersByTimeAsync(1);
    response.destroy();
    await jest.advanceTimersByTimeAsync(1);
    await sending;
    expect(stream.isOpen).toBe(false);
  });
});
