import type { AttributeValue, SpanContext, SpanKind } from '@opentelemetry/api';

/** Bits 8 and 9 of a span's flags (OTLP trace.proto): whether its parent is remote is known, and whether it is. */
const REMOTE_IS_KNOWN = 0x100;
const IS_REMOTE = 0x200;

/** A span that has ended. */
export interface EndedSpan {
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  /** Microseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly statusCode: number;
  /** Keys and values in turn. */
  readonly attributes: readonly AttributeValue[];
  readonly links: readonly SpanContext[] | undefined;
}

/**
 * `ExportTraceServiceRequest` of OTLP 1 in JSON, before its spans and after them.
 *
 * @param scope name of the instrumentation
 */
export function otlpEnvelope(
  resource: Readonly<Record<string, AttributeValue | undefined>>,
  scope: string,
): readonly [before: string, after: string] {
  const attributes = Object.entries(resource).flatMap(([key, value]) =>
    value === undefined ? [] : [`{"key":${JSON.stringify(key)},"value":${valueOf(value)}}`],
  );
  return [
    `{"resourceSpans":[{"resource":{"attributes":[${attributes.join(',')}]},` +
      `"scopeSpans":[{"scope":{"name":${JSON.stringify(scope)}},"spans":[`,
    `]}]}]}`,
  ];
}

/** `AnyValue` of OTLP. */
function valueOf(value: AttributeValue | undefined | null): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'number')
    return Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${JSON.stringify(value)}}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(valueOf).join(',')}]}}`;
  return '{}';
}

const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

// What spans repeat.
const COMMA = bytesOf(',');
const TRACE_ID = bytesOf('{"traceId":"');
const SPAN_ID = bytesOf('","spanId":"');
const FLAGS = bytesOf('","flags":');
const PARENT = bytesOf(',"parentSpanId":"');
const TRACE_STATE = bytesOf('","traceState":');
const QUOTE = bytesOf('"');
const STATUS = bytesOf(',"status":{"code":');
const LINKS = bytesOf(',"links":[');
const LINK_FLAGS = bytesOf(`","flags":${REMOTE_IS_KNOWN | 1}}`);
const KIND = bytesOf(',"kind":');
const STARTED = bytesOf(',"startTimeUnixNano":"');
/** Nanoseconds are texts. */
const ENDED = bytesOf('000","endTimeUnixNano":"');
const ATTRIBUTES = bytesOf('000","attributes":[');
const TEXT_ENDS = bytesOf('"}}');
const INTEGER_ENDS = bytesOf('}}');
const LIST_ENDS = bytesOf(']');
const OBJECT_ENDS = bytesOf('}');
const SPAN_ENDS = bytesOf(']}');

/** Names and keys, of which there are as many as routes and statements; one that invents more is encoded each time. */
const MOST_SHARED = 4_096;

/** The bytes of texts that many spans share. */
class SharedTexts {
  private readonly known = new Map<string, Uint8Array>();

  constructor(private readonly write: (json: string) => string) {}

  of(text: string): Uint8Array {
    let bytes = this.known.get(text);
    if (bytes !== undefined) return bytes;
    bytes = bytesOf(this.write(JSON.stringify(text)));
    if (this.known.size < MOST_SHARED) this.known.set(text, bytes);
    return bytes;
  }
}

const FIRST_BYTES = 64 * 1024;
const [SPACE, DOUBLE_QUOTE, BACKSLASH, DELETE] = [0x20, 0x22, 0x5c, 0x7f];

/**
 * Spans of OTLP 1 in JSON, written byte by byte into one buffer: a text for each of them would be read twice more, and collected. The
 * SDK's spans and their transformation cost several times as much. Fields with their default value are left out, as JSON of Protocol
 * Buffers allows.
 */
export class OtlpSpanWriter {
  private bytes = new Uint8Array(FIRST_BYTES);
  private end = 0;
  private readonly names = new SharedTexts((json) => `,"name":${json}`);
  private readonly keys = new SharedTexts((json) => `{"key":${json},"value":`);
  private readonly keysOfTexts = new SharedTexts((json) => `{"key":${json},"value":{"stringValue":"`);
  private readonly keysOfIntegers = new SharedTexts((json) => `{"key":${json},"value":{"intValue":`);

  add(span: EndedSpan): void {
    const { context, parent, links, statusCode } = span;
    if (this.end > 0) this.put(COMMA);
    this.put(TRACE_ID);
    this.ascii(context.traceId);
    this.put(SPAN_ID);
    this.ascii(context.spanId);
    const state = context.traceState?.serialize();
    if (state !== undefined) {
      this.put(TRACE_STATE);
      this.put(bytesOf(JSON.stringify(state).slice(0, -1)));
    }
    this.put(FLAGS);
    this.ascii(String(context.traceFlags | REMOTE_IS_KNOWN | (parent?.isRemote === true ? IS_REMOTE : 0)));
    this.put(this.names.of(span.name));
    if (parent !== undefined) {
      this.put(PARENT);
      this.ascii(parent.spanId);
      this.put(QUOTE);
    }
    if (statusCode !== 0) {
      this.put(STATUS);
      this.ascii(String(statusCode));
      this.put(OBJECT_ENDS);
    }
    if (links !== undefined) this.addLinks(links);
    this.put(KIND);
    // OTLP counts the kinds from 1: 0 is unspecified.
    this.ascii(String(span.kind + 1));
    this.put(STARTED);
    this.ascii(String(span.startedAt));
    this.put(ENDED);
    this.ascii(String(span.endedAt));
    this.put(ATTRIBUTES);
    this.addAttributes(span.attributes);
    this.put(SPAN_ENDS);
  }

  /** What was written since the last call, with commas between the spans. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.end);
    this.end = 0;
    return taken;
  }

  private addLinks(links: readonly SpanContext[]): void {
    this.put(LINKS);
    for (const [index, { traceId, spanId }] of links.entries()) {
      if (index > 0) this.put(COMMA);
      this.put(TRACE_ID);
      this.ascii(traceId);
      this.put(SPAN_ID);
      this.ascii(spanId);
      // Links are to spans of this process that are sampled.
      this.put(LINK_FLAGS);
    }
    this.put(LIST_ENDS);
  }

  private addAttributes(flat: readonly AttributeValue[]): void {
    let isFirst = true;
    for (let index = 0; index + 1 < flat.length; index += 2) {
      if (isSetLater(flat, index)) continue;
      if (!isFirst) this.put(COMMA);
      isFirst = false;
      const [key, value] = [flat[index] as string, flat[index + 1]];
      if (typeof value === 'string') {
        this.put(this.keysOfTexts.of(key));
        this.text(value);
        this.put(TEXT_ENDS);
      } else if (Number.isInteger(value)) {
        this.put(this.keysOfIntegers.of(key));
        this.ascii(String(value));
        this.put(INTEGER_ENDS);
      } else {
        this.put(this.keys.of(key));
        this.put(bytesOf(valueOf(value)));
        this.put(OBJECT_ENDS);
      }
    }
  }

  /** Between the quotes of a text. */
  private text(value: string): void {
    const begin = this.end;
    this.reserve(value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code < SPACE || code === DOUBLE_QUOTE || code === BACKSLASH || code >= DELETE) {
        this.end = begin;
        this.put(bytesOf(JSON.stringify(value).slice(1, -1)));
        return;
      }
      this.bytes[this.end++] = code;
    }
  }

  /** Of digits and letters. */
  private ascii(value: string): void {
    this.reserve(value.length);
    for (let index = 0; index < value.length; index++) this.bytes[this.end++] = value.charCodeAt(index);
  }

  private put(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.end);
    this.end += bytes.length;
  }

  private reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.bytes.length + length));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** OTLP allows a key once: the last value counts, as with the SDK. */
function isSetLater(flat: readonly unknown[], index: number): boolean {
  for (let later = index + 2; later < flat.length; later += 2) if (flat[later] === flat[index]) return true;
  return false;
}
