import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler } from '@opentelemetry/sdk-trace-node';
import { RecordingProvider } from './recording.provider.js';
import { SpanSender, type SpanBatch } from './span-sender.js';

const SETTINGS = { maxQueueSize: 4, maxBatchSize: 2, delayMs: 60_000, timeoutMs: 60_000 };

interface Sent {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code: number };
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** The spans of a batch. */
function read({ spans, count }: SpanBatch): readonly Sent[] {
  const read = JSON.parse(`[${Buffer.from(spans).toString('utf8')}]`) as Sent[];
  expect(read).toHaveLength(count);
  return read;
}

function given(settings = {}) {
  const batches: (readonly Sent[])[] = [];
  const warnings: string[] = [];
  const sender = new SpanSender(
    { post: (batch) => batches.push(read(batch)) },
    { ...SETTINGS, ...settings },
    (text) => warnings.push(text),
  );
  const tracer = new RecordingProvider(sender, new AlwaysOnSampler()).getTracer();
  const make = (name: string) => tracer.startSpan(name, {}, ROOT_CONTEXT).setAttribute('key', name).end();
  return { batches, warnings, sender, tracer, make };
}

describe('spans on their way to the worker', () => {
  it('go in batches', () => {
    const { batches, make } = given();
    for (const name of ['a', 'é', 'a']) make(name);
    expect(batches.map((batch) => batch.map(({ name }) => name))).toEqual([['a', 'é']]);
    make('c');
    expect(batches.map((batch) => batch.map(({ name }) => name))).toEqual([
      ['a', 'é'],
      ['a', 'c'],
    ]);
  });

  it('are dropped with a warning when too many wait; space that becomes free is used', () => {
    const { batches, warnings, sender, make } = given();
    for (let count = 0; count < 7; count++) make('a');
    expect(batches.flat()).toHaveLength(4);
    expect(warnings).toEqual(['spans are dropped: they end faster than they can be exported']);
    sender.done(2);
    sender.done(2);
    expect(warnings.at(-1)).toBe('spans were dropped: 3');
    make('a');
    make('a');
    expect(batches.flat()).toHaveLength(6);
  });

  it('are waited for by a flush, until all are exported', async () => {
    const { batches, sender, make } = given();
    make('a');
    let isFlushed = false;
    const flush = sender.flush().then(() => (isFlushed = true));
    expect(batches).toHaveLength(1);
    await Promise.resolve();
    expect(isFlushed).toBe(false);
    sender.done(1);
    await flush;
  });

  it('delay no flush once the worker is gone', async () => {
    const { sender, make, batches } = given();
    make('a');
    const flush = sender.flush();
    sender.close();
    await flush;
    make('b');
    await sender.flush();
    expect(batches).toHaveLength(1);
  });

  it('carry parent, status and links, and end once', () => {
    const { batches, tracer } = given({ maxBatchSize: 1 });
    const parent = tracer.startSpan('parent', {}, ROOT_CONTEXT);
    const child = tracer.startSpan(
      'child',
      { links: [{ context: parent.spanContext() }] },
      trace.setSpan(ROOT_CONTEXT, parent),
    );
    child.setStatus({ code: SpanStatusCode.ERROR }).end();
    child.end();
    const { traceId, spanId } = parent.spanContext();
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject([
      {
        name: 'child',
        traceId,
        spanId: child.spanContext().spanId,
        parentSpanId: spanId,
        status: { code: SpanStatusCode.ERROR },
        links: [{ traceId, spanId }],
      },
    ]);
    expect(traceId).toMatch(/^[\da-f]{32}$/);
    expect(spanId).toMatch(/^[\da-f]{16}$/);
  });

  it('are none where the sampler does not want them, and the ids are handed on all the same', () => {
    const { sender, batches } = given({ maxBatchSize: 1 });
    const tracer = new RecordingProvider(sender, new AlwaysOffSampler()).getTracer();
    const span = tracer.startSpan('a', {}, ROOT_CONTEXT);
    span.end();
    expect(batches).toEqual([]);
    expect(span.isRecording()).toBe(false);
    expect(span.spanContext()).toMatchObject({
      traceFlags: 0,
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
    });
  });
});
