import {
  context,
  createContextKey,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanKind,
  type Tracer,
} from '@opentelemetry/api';

const SCOPE = 'consent-hub';

/** Undefined: no SDK is registered, and nothing is traced. Looked up once, so that no hot path asks for it. */
let tracer: Tracer | undefined;
/** Whether something remembers the active span: without it, to make one active is a plain call. */
let hasContextManager = false;

/** Finds an SDK that an `--import` file has registered. Before it is called, and where there is none, no span begins. */
export function findTracer(): void {
  const provider = trace.getTracerProvider();
  // The proxy's own tracer would give a span that does nothing; only the one behind it says that there is an SDK.
  tracer =
    provider instanceof ProxyTracerProvider
      ? provider.getDelegateTracer(SCOPE)
      : (provider as Partial<typeof provider>).getTracer?.(SCOPE);
  const probe = ROOT_CONTEXT.setValue(createContextKey(SCOPE), true);
  hasContextManager = tracer !== undefined && context.with(probe, () => context.active() === probe);
}

export const isTracing = (): boolean => tracer !== undefined;

/** Whether `activeSpan` can find any. */
export const hasActiveSpans = (): boolean => hasContextManager;

/** What a span begins with. Attributes hold no token, no name of a person and no account. */
export interface SpanStart {
  readonly kind?: SpanKind;
  /** Absent: the root of a trace. */
  readonly parent?: Span | undefined;
  readonly attributes?: Attributes;
  readonly links?: Link[];
}

/**
 * Begins a span; the caller ends it. The parent is passed explicitly: with AsyncLocalStorage every promise of the process
 * would cost more on Node 20 and 22.
 *
 * @returns undefined where nothing is traced
 */
export function startSpan(name: string, { parent, ...options }: SpanStart): Span | undefined {
  return tracer?.startSpan(name, options, parent === undefined ? ROOT_CONTEXT : contextOf(parent));
}

/** Begins the span of a request, below the one that its caller names in W3C `traceparent`. */
export function startSpanOfCaller(
  name: string,
  kind: SpanKind,
  headers: Readonly<Record<string, unknown>>,
): Span | undefined {
  const from =
    headers['traceparent'] === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers);
  return tracer?.startSpan(name, { kind }, from);
}

const contextOf = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);

/** Ends a span. Only the code or name of an error is kept; a message may repeat what was sent. */
export function endSpan(span: Span | undefined, error?: unknown): void {
  if (span === undefined) return;
  if (error !== undefined && error !== null) markFailed(span, nameOf(error));
  span.end();
}

/** @param type a code without anything secret */
export const markFailed = (span: Span, type: string): void => {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
};

function nameOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/** Does work in a span of its own. With a context manager registered, what the work does is below it by itself. */
export async function inSpan<T>(
  name: string,
  start: SpanStart,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, start);
  if (span === undefined) return work(undefined);
  try {
    const result = await withSpan(span, () => work(span));
    endSpan(span);
    return result;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

/** Makes a span the active one of what is called, for context managers. Without one it is a plain call. */
export const withSpan = <T>(span: Span, call: () => T): T =>
  hasContextManager ? context.with(contextOf(span), call) : call();

/** Keeps the active span of this moment for a callback that others call. */
export const bindActiveSpan = <T>(callback: T): T =>
  hasContextManager ? context.bind(context.active(), callback) : callback;

/** The span that a context manager says is active; undefined without one. */
export const activeSpan = (): Span | undefined => (hasContextManager ? trace.getActiveSpan() : undefined);

/** The spans of those that share one piece of work, each once; undefined where nothing is traced. */
export function spansOf(
  sharers: readonly { readonly span?: Span | undefined }[],
): readonly Span[] | undefined {
  if (tracer === undefined) return undefined;
  const spans = new Set<Span>();
  for (const { span } of sharers) if (span !== undefined) spans.add(span);
  return [...spans];
}

/** Links of one span to others; those that never began are left out. */
export const linksTo = (spans: readonly (Span | undefined)[]): Link[] =>
  spans.flatMap((span) => (span === undefined ? [] : [{ context: span.spanContext() }]));

/** The ids of a span by their names in the log. */
export function spanNamesOf(span: Span | undefined): { trace_id?: string; span_id?: string } {
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** Waits until the spans that have ended are sent, or given up by the SDK. */
export async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider();
  const sdk: unknown = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  const { forceFlush } = sdk as { forceFlush?: () => Promise<void> };
  await forceFlush?.call(sdk).catch(() => undefined);
}
