import { parentPort, workerData } from 'node:worker_threads';
import type { Attributes, AttributeValue, HrTime, Link, SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { SpanRecord, Word } from './recorded-span.js';
import type { SpanBatch } from './span-sender.js';

// Spans become those of the SDK here, and go out by its exporter, which reads OTEL_EXPORTER_OTLP_* itself.

const SCOPE = { name: 'consent-hub' };
/** A collector that is away fails every batch. */
const REPORT_EVERY_MS = 60_000;
/** Microseconds since 1970. */
const PROCESS_STARTED_AT = Number(workerData);

/** What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins. */
const resource = defaultResource()
  .merge(resourceFromAttributes({ 'service.name': 'consent-hub' }))
  .merge(detectResources({ detectors: [envDetector] }));
const exporter = new OTLPTraceExporter();
const words: string[] = [];
let reportedAt = -Infinity;

parentPort?.on('message', (text: string) => {
  const batch = JSON.parse(text) as SpanBatch;
  words.push(...batch.words);
  const spans = batch.spans.map(readableSpan);
  exporter.export(spans, ({ error }) => {
    parentPort?.postMessage({ done: spans.length, ...(error && mayReport() && { failure: error.message }) });
  });
});

function readableSpan(record: SpanRecord): ReadableSpan {
  const [traceId, spanId, parentSpanId, isRemote, traceFlags, traceState, name, kind] = record;
  const [, , , , , , , , startedAt, duration, code, attributes, links] = record;
  const context = (id: string): SpanContext => ({
    traceId,
    spanId: id,
    traceFlags,
    ...(traceState !== 0 && { traceState: asTraceState(traceState) }),
  });
  return {
    name: textOf(name),
    kind,
    spanContext: () => context(spanId),
    ...(parentSpanId !== 0 && { parentSpanContext: { ...context(parentSpanId), isRemote: isRemote === 1 } }),
    startTime: timeOf(PROCESS_STARTED_AT + startedAt),
    endTime: timeOf(PROCESS_STARTED_AT + startedAt + duration),
    duration: timeOf(duration),
    status: { code },
    attributes: attributesOf(attributes),
    links: linksOf(links),
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const textOf = (word: Word): string => (typeof word === 'number' ? (words[word] ?? '') : word);

/** Seconds and nanoseconds. */
const timeOf = (microseconds: number): HrTime => [
  Math.floor(microseconds / 1e6),
  (microseconds % 1e6) * 1000,
];

/** As it came; the exporter asks for nothing else of it. */
const asTraceState = (text: string): NonNullable<SpanContext['traceState']> => {
  const state: NonNullable<SpanContext['traceState']> = {
    serialize: () => text,
    get: () => undefined,
    set: () => state,
    unset: () => state,
  };
  return state;
};

function attributesOf(flat: readonly (Word | AttributeValue)[]): Attributes {
  const attributes: Attributes = {};
  for (let index = 0; index + 1 < flat.length; index += 2)
    attributes[textOf(flat[index] as Word)] = flat[index + 1];
  return attributes;
}

function linksOf(flat: readonly string[]): Link[] {
  const links: Link[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    links.push({ context: { traceId: flat[index] ?? '', spanId: flat[index + 1] ?? '', traceFlags: 1 } });
  return links;
}

function mayReport(): boolean {
  const now = performance.now();
  if (now - reportedAt < REPORT_EVERY_MS) return false;
  reportedAt = now;
  return true;
}
