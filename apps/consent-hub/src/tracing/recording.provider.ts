import {
  isSpanContextValid,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { SamplingDecision, type Sampler } from '@opentelemetry/sdk-trace-node';
import { IdPool } from './id-pool.js';
import { RecordedSpan } from './recorded-span.js';
import type { SpanSender } from './span-sender.js';

/** Tracers whose spans go to a worker. Sampling is that of the SDK. */
export class RecordingProvider implements TracerProvider {
  private readonly tracer: Tracer;

  constructor(
    private readonly sender: SpanSender,
    sampler: Sampler,
  ) {
    this.tracer = new RecordingTracer(sender, sampler);
  }

  getTracer(): Tracer {
    return this.tracer;
  }

  /** Resolves once all spans that have ended are exported, or given up. */
  forceFlush(): Promise<void> {
    return this.sender.flush();
  }
}

class RecordingTracer implements Tracer {
  private readonly ids = new IdPool();

  constructor(
    private readonly sender: SpanSender,
    private readonly sampler: Sampler,
  ) {}

  startSpan(
    name: string,
    { kind = SpanKind.INTERNAL, attributes, links }: SpanOptions = {},
    context?: Context,
  ): Span {
    const above = context && trace.getSpanContext(context);
    const parent = above && isSpanContextValid(above) ? above : undefined;
    const traceId = parent?.traceId ?? this.ids.generateTraceId();
    const spanId = this.ids.generateSpanId();
    const sampling = this.sampler.shouldSample(
      context as Context,
      traceId,
      name,
      kind,
      attributes ?? {},
      links ?? [],
    );
    const isSampled = sampling.decision === SamplingDecision.RECORD_AND_SAMPLED;
    const traceState = sampling.traceState ?? parent?.traceState;
    const spanContext = {
      traceId,
      spanId,
      traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(traceState && { traceState }),
    };
    if (!isSampled) return trace.wrapSpanContext(spanContext);
    return new RecordedSpan(spanContext, { name, kind, parent, attributes, links }, this.sender);
  }

  /** The hub makes no span the active one in this way. */
  startActiveSpan(): never {
    throw new Error('startActiveSpan is not provided: begin a span and hand it on');
  }
}
