import type {
  AttributeValue,
  Attributes,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
} from '@opentelemetry/api';
import type { EndedSpan } from './otlp-json.js';

const STARTED_AT = Math.round(performance.timeOrigin * 1000);

/** Microseconds since 1970. */
const now = (): number => STARTED_AT + Math.round(performance.now() * 1000);

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
  send(span: EndedSpan): void;
}

/**
 * A span that only remembers what it is given. The SDK's own costs several times as much to make, and its export several times as
 * much as that.
 *
 * It implements the part of the API that the hub uses. Events and exceptions, which could repeat what was sent, are not kept.
 */
export class RecordedSpan implements Span {
  private readonly startedAt = now();
  /** Keys and values in turn. */
  private readonly attributes: AttributeValue[] = [];
  private links: SpanContext[] | undefined;
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
    this.attributes.push(key, value);
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
    (this.links ??= []).push(context);
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
    const { context, startedAt, statusCode, attributes, links } = this;
    const { name, kind, parent } = this.beginning;
    this.sink.send({ context, startedAt, endedAt: now(), statusCode, attributes, links, name, kind, parent });
  }
}
