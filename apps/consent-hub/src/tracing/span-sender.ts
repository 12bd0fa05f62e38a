import type { SpanRecord, SpanSink, Word, WordList } from './recorded-span.js';

/** As many words as there are routes, statements and keys; one that invents more is sent as it is. */
const MOST_WORDS = 4_096;

/** What goes to the worker in one text. */
export interface SpanBatch {
  /** That no batch before has named; their numbers follow the last one of those. */
  readonly words: readonly string[];
  readonly spans: readonly SpanRecord[];
}

/** The other end: a worker, or its substitute in a test. */
export interface SpanReceiver {
  /** @param batch a `SpanBatch` in JSON */
  post(batch: string): void;
}

export interface SpanQueueSettings {
  /** Spans that may wait to be exported; more are dropped. */
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
  /** How long a span waits for others, milliseconds. */
  readonly delayMs: number;
  /** How long a flush waits, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Hands spans over to the worker in batches, as one text each: cheaper than objects, which are copied one by one. A worker or a
 * collector that is slow costs spans, never memory.
 */
export class SpanSender implements SpanSink {
  readonly words = new NumberedWords();
  private pending: SpanRecord[] = [];
  private underWay = 0;
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly receiver: SpanReceiver,
    private readonly settings: SpanQueueSettings,
    private readonly warn: (text: string) => void,
  ) {}

  send(record: SpanRecord): void {
    const { maxQueueSize, maxBatchSize, delayMs } = this.settings;
    if (this.isClosed || this.underWay + this.pending.length >= maxQueueSize) {
      if (this.dropped++ === 0) this.warn('spans are dropped: they end faster than they can be exported');
      return;
    }
    this.pending.push(record);
    if (this.pending.length >= maxBatchSize) this.post();
    else this.timer ??= setTimeout(() => this.post(), delayMs).unref();
  }

  /** So many spans are exported, or the collector did not take them. */
  done(count: number): void {
    this.underWay -= count;
    if (this.dropped > 0 && this.underWay === 0) {
      this.warn(`spans were dropped: ${this.dropped}`);
      this.dropped = 0;
    }
    if (this.underWay === 0) this.release();
  }

  /** Nothing is taken any more: the worker is gone. */
  close(): void {
    this.isClosed = true;
    this.pending = [];
    this.underWay = 0;
    this.release();
  }

  /** Resolves once nothing waits and nothing is under way, or the time has passed. */
  async flush(): Promise<void> {
    this.post();
    if (this.underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.settings.timeoutMs);
      this.waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private post(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0) return;
    this.underWay += this.pending.length;
    const batch: SpanBatch = { words: this.words.takeNew(), spans: this.pending };
    this.receiver.post(JSON.stringify(batch));
    this.pending = [];
  }

  private release(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

class NumberedWords implements WordList {
  private readonly numbers = new Map<string, number>();
  private added: string[] = [];

  of(word: string): Word {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    if (this.numbers.size >= MOST_WORDS) return word;
    const number = this.numbers.size;
    this.numbers.set(word, number);
    this.added.push(word);
    return number;
  }

  takeNew(): readonly string[] {
    const { added } = this;
    this.added = [];
    return added;
  }
}
