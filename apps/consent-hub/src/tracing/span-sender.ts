import { OtlpSpanWriter, type EndedSpan } from './otlp-json.js';
import type { SpanSink } from './recorded-span.js';

/** What goes to the worker at a time. */
export interface SpanBatch {
  /** Spans of OTLP in JSON, with commas between them. */
  readonly spans: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

/** The other end: a worker, or its substitute in a test. */
export interface SpanReceiver {
  post(batch: SpanBatch): void;
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
 * Hands spans over to the worker in batches, as bytes that need not be copied or read again. A worker or a collector that is slow
 * costs spans, never memory.
 */
export class SpanSender implements SpanSink {
  private readonly writer = new OtlpSpanWriter();
  /** Spans that are written and not yet handed over. */
  private pending = 0;
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

  send(span: EndedSpan): void {
    const { maxQueueSize, maxBatchSize, delayMs } = this.settings;
    if (this.isClosed || this.underWay + this.pending >= maxQueueSize) {
      if (this.dropped++ === 0) this.warn('spans are dropped: they end faster than they can be exported');
      return;
    }
    this.writer.add(span);
    if (++this.pending >= maxBatchSize) this.post();
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
    this.writer.take();
    this.pending = 0;
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
    const { pending: count } = this;
    if (count === 0) return;
    this.underWay += count;
    this.pending = 0;
    this.receiver.post({ spans: this.writer.take(), count });
  }

  private release(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
