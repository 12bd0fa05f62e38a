import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';

/** The SDK, registered for this test file, with the spans that have ended in memory. Make it before the app. */
export class RecordedSpans {
  private readonly exporter = new InMemorySpanExporter();

  /** @param contextManager absent: none, as the hub is run on Node 20 and 22 */
  static register(): RecordedSpans {
    const recorded = new RecordedSpans();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(recorded.exporter)] }).register({
      contextManager: null,
      propagator: new W3CTraceContextPropagator(),
    });
    return recorded;
  }

  get all(): readonly ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  forget(): void {
    this.exporter.reset();
  }
}
