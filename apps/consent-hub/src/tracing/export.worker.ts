import { parentPort } from 'node:worker_threads';
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
import { otlpEnvelope } from './otlp-json.js';
import type { SpanBatch } from './span-sender.js';

// Spans of OTLP go out by the exporter of the SDK, which reads OTEL_EXPORTER_OTLP_* itself.

/** A collector that is away fails every batch. */
const REPORT_EVERY_MS = 60_000;

/** What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins. */
const { attributes } = defaultResource()
  .merge(resourceFromAttributes({ 'service.name': 'consent-hub' }))
  .merge(detectResources({ detectors: [envDetector] }));
const [head, tail] = otlpEnvelope(attributes, 'consent-hub');
const [before, after] = [Buffer.from(head), Buffer.from(tail)];
const exporter = createOtlpHttpExportDelegate<SpanBatch, unknown>(
  convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': 'application/json' }),
  {
    serializeRequest: ({ spans }) => Buffer.concat([before, spans, after]),
    deserializeResponse: (data) => JSON.parse(Buffer.from(data).toString('utf8')) as unknown,
  },
  'otlp_http_span_exporter',
  { name: 'span', countItems: ({ count }) => count },
  undefined,
);
let reportedAt = -Infinity;

parentPort?.on('message', (batch: SpanBatch) => {
  exporter.export(batch, ({ error }) => {
    parentPort?.postMessage({ done: batch.count, ...(error && mayReport() && { failure: error.message }) });
  });
});

function mayReport(): boolean {
  const now = performance.now();
  if (now - reportedAt < REPORT_EVERY_MS) return false;
  reportedAt = now;
  return true;
}
