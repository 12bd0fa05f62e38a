import { createTraceState, SpanKind, type Attributes } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { emptyResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { otlpEnvelope, OtlpSpanWriter, type EndedSpan } from './otlp-json.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const [SPAN, PARENT, OTHER] = ['b7ad6b7169203331', '00f067aa0ba902b7', '1122334455667788'];
const NAME = 'GET /v1/"quoted"';

interface Given {
  readonly parent?: 'own' | 'remote';
  readonly traceState?: string;
  readonly kind?: SpanKind;
  readonly code?: 0 | 1 | 2;
  readonly attributes?: Attributes;
  readonly isLinked?: boolean;
}

const endedOf = ({ parent, traceState, kind = 0, code = 0, attributes = {}, isLinked }: Given): EndedSpan => {
  const context = { traceId: TRACE, spanId: SPAN, traceFlags: 1 };
  return {
    context: { ...context, ...(traceState && { traceState: createTraceState(traceState) }) },
    parent: parent && { ...context, spanId: PARENT, isRemote: parent === 'remote' },
    name: NAME,
    kind,
    startedAt: 1_790_000_001_500_001,
    endedAt: 1_790_000_001_502_501,
    statusCode: code,
    attributes: Object.entries(attributes).flatMap(([key, value]) => [key, value ?? '']),
    links: isLinked ? [{ ...context, spanId: OTHER }] : undefined,
  };
};

/** The same as a span of the SDK. */
function sdkSpanOf({
  parent,
  traceState,
  kind = 0,
  code = 0,
  attributes = {},
  isLinked,
}: Given): ReadableSpan {
  const context = {
    traceId: TRACE,
    traceFlags: 1,
    ...(traceState && { traceState: createTraceState(traceState) }),
  };
  return {
    name: NAME,
    kind,
    spanContext: () => ({ ...context, spanId: SPAN }),
    ...(parent && { parentSpanContext: { ...context, spanId: PARENT, isRemote: parent === 'remote' } }),
    startTime: [1_790_000_001, 500_001_000],
    endTime: [1_790_000_001, 502_501_000],
    duration: [0, 2_500_000],
    status: { code },
    attributes,
    links: isLinked ? [{ context: { traceId: TRACE, spanId: OTHER, traceFlags: 1 } }] : [],
    events: [],
    ended: true,
    resource: emptyResource(),
    instrumentationScope: { name: 'consent-hub' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const writtenOf = (...spans: readonly EndedSpan[]): string => {
  const writer = new OtlpSpanWriter();
  for (const span of spans) writer.add(span);
  return Buffer.from(writer.take()).toString('utf8');
};
const requestOf = (...spans: readonly EndedSpan[]): unknown => {
  const [before, after] = otlpEnvelope({}, 'consent-hub');
  return JSON.parse(before + writtenOf(...spans) + after);
};

/** Without the fields that hold their default value. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const isDefault = (name: string, each: unknown): boolean =>
    (name.startsWith('dropped') && each === 0) ||
    (['events', 'links'].includes(name) && Array.isArray(each) && each.length === 0) ||
    (name === 'attributes' && Array.isArray(each) && each.length === 0 && !('name' in value)) ||
    (name === 'status' && (each as { code: number }).code === 0);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => !isDefault(name, each))
      .map(([name, each]) => [name, withoutDefaults(each)]),
  );
}

const bySdk = (given: Given): unknown =>
  JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest([sdkSpanOf(given)]) ?? []).toString('utf8'));

describe('a span as OTLP', () => {
  it.each<[string, Given]>([
    ['a root', {}],
    ['one below another of the process', { parent: 'own', kind: SpanKind.CLIENT }],
    [
      'one below that of a caller',
      { parent: 'remote', kind: SpanKind.SERVER, traceState: 'vendor=a,other="b"' },
    ],
    ['a failed one', { code: 2, attributes: { 'error.type': 'ECONNRESET' } }],
    ['a linked one', { isLinked: true }],
    [
      'one with every kind of value',
      {
        attributes: {
          'http.route': '/v1/\u0001"',
          accents: 'é \u2028 \ud83d\ude00',
          long: 'x'.repeat(300_000),
          sampled: true,
          count: 12,
          ratio: 0.25,
          negative: -1,
          texts: ['a', 'b'],
          numbers: [1, 2.5],
        },
      },
    ],
  ])('%s is what the SDK would write', (_name, given) => {
    expect(withoutDefaults(requestOf(endedOf(given)))).toEqual(withoutDefaults(bySdk(given)));
  });

  it('has the last value of an attribute that was set twice, once', () => {
    const attributes = ['first', 'a', 'other', 1, 'first', 'b'];
    expect(writtenOf({ ...endedOf({}), attributes })).toContain(
      '"attributes":[{"key":"other","value":{"intValue":1}},{"key":"first","value":{"stringValue":"b"}}]',
    );
  });
});

describe('a writer of spans', () => {
  it('begins anew after what was taken, however much that was', () => {
    const writer = new OtlpSpanWriter();
    const span = endedOf({ attributes: { long: '"'.repeat(10_000) } });
    const taken = (): unknown[] =>
      JSON.parse(`[${Buffer.from(writer.take()).toString('utf8')}]`) as unknown[];
    for (let count = 0; count < 100; count++) writer.add(span);
    const [first, ...others] = taken();
    expect(others).toEqual(Array.from({ length: 99 }, () => first));
    writer.add(span);
    expect(taken()).toEqual([first]);
    expect(taken()).toEqual([]);
  });
});

describe('what spans are sent in', () => {
  it('names the resource and the instrumentation', () => {
    const [before, after] = otlpEnvelope(
      { 'service.name': 'a "hub"', 'process.pid': 7, left: undefined },
      's',
    );
    expect(JSON.parse(before + after)).toEqual({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'a "hub"' } },
              { key: 'process.pid', value: { intValue: 7 } },
            ],
          },
          scopeSpans: [{ scope: { name: 's' }, spans: [] }],
        },
      ],
    });
  });
});
