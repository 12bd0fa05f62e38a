import type {
  AttributeValue,
  Attributes,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
} from '@opentelemetry/api';

/** A word of a `WordList`, or itself where that is full. */
export type Word = number | string;

/** Words that many spans share: names of spans, keys of attributes. */
export interface WordList {
  of(word: string): Word;
}

/** What a span was given, as it travels to the worker: plain values in a fixed order, which is what costs least. */
export type SpanRecord = readonly [
  traceId: string,
  spanId: string,
  /** 0: none. */
  parentSpanId: string | 0,
  isParentRemote: 0 | 1,
  traceFlags: number,
  /** 0: none. */
  traceState: string | 0,
  name: Word,
  kind: SpanKind,
  /** Microseconds since the start of the process. */
  startedAt: number,
  durationMicroseconds: number,
  statusCode: number,
  /** Keys and values in turn. */
  attributes: readonly (Word | AttributeValue)[],
  /** Trace and span ids in turn. */
  links: readonly string[],
];

const now = (): number => Math.round(performance.now() * 1000);
const NO_LINKS: readonly string[] = [];

/** A span that is begun. */
export interface SpanBeginning {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parent: SpanContext | undefined;
  readonly attributes: Attributes | undefined;
  readonly links: readonly Link[] | undefined;
}

/** Where spans go that have ended. */
export interface SpanSink {
  readonly words: WordList;
  send(record: SpanRecord): void;
}

/**
 * A span that only remembers what it is given. The SDK's own costs several times as much to make, and its export several times
 * as much as that. So the thread that serves requests writes a record, and a worker writes it as OTLP.
 *
 * It implements the part of the API that the hub uses. Events and exceptions, which could repeat what was sent, are not kept.
 */
export class RecordedSpan implements Span {
  private readonly startedAt = now();
  private readonly attributes: (Word | AttributeValue)[] = [];
  private links: string[] | undefined;
  private statusCode = 0;
  private hasEnded = false;

  constructor(
    private readonly context: SpanContext,
    private readonly beginning: SpanBeginning,
    private readonly sink: SpanSink,
  ) {
    const { attributes, links } = beginning;
    if (attributes !== undefined) this.setAttributes(attributes);
    if (links !== undefined) this.addLinks(links);
  }

  spanContext(): SpanContext {
    return this.context;
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.attributes.push(this.sink.words.of(key), value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) {
      const value = attributes[key];
      if (value !== undefined) this.setAttribute(key, value);
    }
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink({ context }: Link): this {
    (this.links ??= []).push(context.traceId, context.spanId);
    return this;
  }

  addLinks(links: readonly Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code }: SpanStatus): this {
    this.statusCode = code;
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {
    // See the class.
  }

  isRecording(): boolean {
    return !this.hasEnded;
  }

  /** What is set after this is lost, as with the SDK. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { traceId, spanId, traceFlags, traceState } = this.context;
    const { name, kind, parent } = this.beginning;
    this.sink.send([
      traceId,
      spanId,
      parent?.spanId ?? 0,
      parent?.isRemote === true ? 1 : 0,
      traceFlags,
      traceState?.serialize() ?? 0,
      this.sink.words.of(name),
      kind,
      this.startedAt,
      now() - this.startedAt,
      this.statusCode,
      this.attributes,
      this.links ?? NO_LINKS,
    ]);
  }
}
