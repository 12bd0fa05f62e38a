import { parentPort, workerData } from 'node:worker_threads';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { KnownWords, otlpJsonOf, valueOf } from './otlp-json.js';
import type { SpanRecord } from './recorded-span.js';
import type { SpanBatch } from './span-sender.js';

// Records become OTLP in JSON here, and go out by the exporter of the SDK, which reads OTEL_EXPORTER_OTLP_* itself.

/** A collector that is away fails every batch. */
const REPORT_EVERY_MS = 60_000;

/** What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins. */
const { attributes } = defaultResource()
  .merge(resourceFromAttributes({ 'service.name': 'consent-hub' }))
  .merge(detectResources({ detectors: [envDetector] }));
const resource = Object.entries(attributes).map(
  ([key, value]) => `{"key":${JSON.stringify(key)},"value":${valueOf(value)}}`,
);
const source = {
  resource: `{"attributes":[${resource.join(',')}]}`,
  scope: 'consent-hub',
  startedAt: Number(workerData),
  words: new KnownWords(),
};
const exporter = createOtlpHttpExportDelegate<readonly SpanRecord[], unknown>(
  convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': 'application/json' }),
  {
    serializeRequest: (spans) => Buffer.from(otlpJsonOf(spans, source)),
    deserializeResponse: (data) => JSON.parse(Buffer.from(data).toString('utf8')) as unknown,
  },
  'otlp_http_span_exporter',
  { name: 'span', countItems: (spans) => spans.length },
  undefined,
);
let reportedAt = -Infinity;

parentPort?.on('message', (text: string) => {
  const { words, spans } = JSON.parse(text) as SpanBatch;
  source.words.add(words);
  exporter.export(spans, ({ error }) => {
    parentPort?.postMessage({ done: spans.length, ...(error && mayReport() && { failure: error.message }) });
  });
});

function mayReport(): boolean {
  const now = performance.now();
  if (now - reportedAt < REPORT_EVERY_MS) return false;
  reportedAt = now;
  return true;
}
