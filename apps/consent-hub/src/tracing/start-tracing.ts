import type { Worker } from 'node:worker_threads';
import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
// Only the worker exports; that it can is known before anything is served.
import '@opentelemetry/otlp-exporter-base/node-http';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { RecordingProvider } from './recording.provider.js';
import { SpanSender } from './span-sender.js';
import { queueSettingsOf, samplerOf, wantsTraces } from './trace-settings.js';

/** From here on AsyncLocalStorage costs the promises of a process nothing. */
const NODE_WITH_CHEAP_CONTEXT = 24;

interface ExportMessage {
  readonly done: number;
  readonly failure?: string;
}

/**
 * Registers what makes spans, and starts the worker that exports them.
 *
 * @param startWorker runs a module in a thread of its own
 * @throws TraceSettingsError
 */
export function startTracing(
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
  startWorker: (module: URL) => Worker,
): void {
  if (!wantsTraces(env)) return;
  const [sampler, queue] = [samplerOf(env), queueSettingsOf(env)];
  const worker = startWorker(new URL('./export.worker.js', import.meta.url));
  const sender = new SpanSender(
    { post: (batch) => worker.postMessage(batch, [batch.spans.buffer]) },
    queue,
    say,
  );
  worker.on('message', ({ done, failure }: ExportMessage) => {
    if (failure !== undefined) say(`spans were not exported: ${failure}`);
    sender.done(done);
  });
  // Traces are no reason to end a hub.
  worker.on('error', (error: Error) => {
    say(`no spans are exported any more: ${error.message}`);
    sender.close();
  });
  worker.unref();
  trace.setGlobalTracerProvider(new RecordingProvider(sender, sampler));
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  if (Number.parseInt(process.versions.node, 10) >= NODE_WITH_CHEAP_CONTEXT)
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}
