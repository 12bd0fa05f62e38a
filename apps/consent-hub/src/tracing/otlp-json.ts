import type { AttributeValue } from '@opentelemetry/api';
import type { SpanRecord, Word } from './recorded-span.js';

/** Bits 8 and 9 of a span's flags (OTLP trace.proto): whether its parent is remote is known, and whether it is. */
const REMOTE_IS_KNOWN = 0x100;
const IS_REMOTE = 0x200;

/** Words that travel once, by their numbers, each in JSON already. */
export class KnownWords {
  private readonly texts: string[] = [];

  add(words: readonly string[]): void {
    for (const word of words) this.texts.push(JSON.stringify(word));
  }

  jsonOf(word: Word): string {
    return typeof word === 'number' ? (this.texts[word] ?? '""') : JSON.stringify(word);
  }
}

/** What is the same for all spans of a process. */
export interface SpanSource {
  /** Resource of OTLP, in JSON. */
  readonly resource: string;
  /** Name of the instrumentation. */
  readonly scope: string;
  /** Microseconds since 1970. */
  readonly startedAt: number;
  readonly words: KnownWords;
}

/**
 * `ExportTraceServiceRequest` of OTLP 1 in JSON, written from the records in one pass: half of what the SDK's spans and their
 * transformation cost. Fields with their default value are left out, as JSON of Protocol Buffers allows.
 */
export function otlpJsonOf(spans: readonly SpanRecord[], source: SpanSource): string {
  const texts = spans.map((record) => spanOf(record, source)).join(',');
  const scope = JSON.stringify({ name: source.scope });
  return `{"resourceSpans":[{"resource":${source.resource},"scopeSpans":[{"scope":${scope},"spans":[${texts}]}]}]}`;
}

function spanOf(record: SpanRecord, { startedAt, words }: SpanSource): string {
  const [traceId, spanId, parentSpanId, isParentRemote, traceFlags, traceState, name, kind] = record;
  const [, , , , , , , , began, duration, code, attributes, links] = record;
  const beganAt = startedAt + began;
  const flags = traceFlags | REMOTE_IS_KNOWN | (isParentRemote === 1 ? IS_REMOTE : 0);
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}","flags":${flags},"name":${words.jsonOf(name)},` +
    (parentSpanId === 0 ? '' : `"parentSpanId":"${parentSpanId}",`) +
    (traceState === 0 ? '' : `"traceState":${JSON.stringify(traceState)},`) +
    (code === 0 ? '' : `"status":{"code":${code}},`) +
    (links.length === 0 ? '' : `"links":[${linksOf(links)}],`) +
    // OTLP counts the kinds from 1: 0 is unspecified. Nanoseconds are texts.
    `"kind":${kind + 1},"startTimeUnixNano":"${beganAt}000","endTimeUnixNano":"${beganAt + duration}000",` +
    `"attributes":[${attributesOf(attributes, words)}]}`
  );
}

function attributesOf(flat: readonly (Word | AttributeValue)[], words: KnownWords): string {
  let text = '';
  for (let index = 0; index + 1 < flat.length; index += 2) {
    if (isSetLater(flat, index)) continue;
    if (text !== '') text += ',';
    text += `{"key":${words.jsonOf(flat[index] as Word)},"value":${valueOf(flat[index + 1])}}`;
  }
  return text;
}

/** OTLP allows a key once: the last value counts, as with the SDK. */
function isSetLater(flat: readonly unknown[], index: number): boolean {
  for (let later = index + 2; later < flat.length; later += 2) if (flat[later] === flat[index]) return true;
  return false;
}

/** `AnyValue` of OTLP. */
export function valueOf(value: AttributeValue | undefined | null): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'number')
    return Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${JSON.stringify(value)}}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(valueOf).join(',')}]}}`;
  return '{}';
}

function linksOf(flat: readonly string[]): string {
  let text = '';
  for (let index = 0; index + 1 < flat.length; index += 2) {
    if (index > 0) text += ',';
    // Links are to spans of this process that are sampled.
    text += `{"traceId":"${flat[index]}","spanId":"${flat[index + 1]}","flags":${REMOTE_IS_KNOWN | 1}}`;
  }
  return text;
}
