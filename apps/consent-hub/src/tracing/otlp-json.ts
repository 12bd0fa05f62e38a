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

/** Names of spans and keys of attributes, of which there are as many as routes and statements; one that invents more is written anew. */
const MOST_WORDS = 4_096;
const words = new Map<string, string>();

function wordOf(word: string): string {
  let text = words.get(word);
  if (text !== undefined) return text;
  text = JSON.stringify(word);
  if (words.size < MOST_WORDS) words.set(word, text);
  return text;
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
    value === undefined ? [] : [key, value],
  );
  return [
    `{"resourceSpans":[{"resource":{"attributes":[${attributesOf(attributes)}]},` +
      `"scopeSpans":[{"scope":{"name":${JSON.stringify(scope)}},"spans":[`,
    `]}]}]}`,
  ];
}

/**
 * A span of OTLP 1 in JSON, written in one pass: a fraction of what the SDK's spans and their transformation cost. Fields with their
 * default value are left out, as JSON of Protocol Buffers allows.
 */
export function otlpSpanOf(span: EndedSpan): string {
  const { context, parent, links, statusCode } = span;
  const state = context.traceState?.serialize();
  const flags = context.traceFlags | REMOTE_IS_KNOWN | (parent?.isRemote === true ? IS_REMOTE : 0);
  return (
    `{"traceId":"${context.traceId}","spanId":"${context.spanId}","flags":${flags},"name":${wordOf(span.name)},` +
    (parent === undefined ? '' : `"parentSpanId":"${parent.spanId}",`) +
    (state === undefined ? '' : `"traceState":${JSON.stringify(state)},`) +
    (statusCode === 0 ? '' : `"status":{"code":${statusCode}},`) +
    (links === undefined ? '' : `"links":[${linksOf(links)}],`) +
    // OTLP counts the kinds from 1: 0 is unspecified. Nanoseconds are texts.
    `"kind":${span.kind + 1},"startTimeUnixNano":"${span.startedAt}000","endTimeUnixNano":"${span.endedAt}000",` +
    `"attributes":[${attributesOf(span.attributes)}]}`
  );
}

function attributesOf(flat: readonly AttributeValue[]): string {
  let text = '';
  for (let index = 0; index + 1 < flat.length; index += 2) {
    if (isSetLater(flat, index)) continue;
    if (text !== '') text += ',';
    text += `{"key":${wordOf(flat[index] as string)},"value":${valueOf(flat[index + 1])}}`;
  }
  return text;
}

/** OTLP allows a key once: the last value counts, as with the SDK. */
function isSetLater(flat: readonly unknown[], index: number): boolean {
  for (let later = index + 2; later < flat.length; later += 2) if (flat[later] === flat[index]) return true;
  return false;
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

function linksOf(links: readonly SpanContext[]): string {
  let text = '';
  for (const { traceId, spanId } of links) {
    if (text !== '') text += ',';
    // Links are to spans of this process that are sampled.
    text += `{"traceId":"${traceId}","spanId":"${spanId}","flags":${REMOTE_IS_KNOWN | 1}}`;
  }
  return text;
}
