import { createTraceState, SpanKind, type Attributes } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { emptyResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { KnownWords, otlpJsonOf } from './otlp-json.js';
import type { SpanRecord } from './recorded-span.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const [SPAN, PARENT, OTHER] = ['b7ad6b7169203331', '00f067aa0ba902b7', '1122334455667788'];
/** Microseconds since 1970. */
const STARTED_AT = 1_790_000_000_000_000;
const WORDS = ['GET /v1/"quoted"', 'http.route', 'sampled'];

interface Given {
  readonly parent?: 'own' | 'remote';
  readonly traceState?: string;
  readonly kind?: SpanKind;
  readonly code?: 0 | 1 | 2;
  readonly attributes?: Attributes;
  readonly isLinked?: boolean;
}

const recordOf = ({
  parent,
  traceState,
  kind = 0,
  code = 0,
  attributes = {},
  isLinked,
}: Given): SpanRecord => [
  TRACE,
  SPAN,
  parent ? PARENT : 0,
  parent === 'remote' ? 1 : 0,
  1,
  traceState ?? 0,
  0,
  kind,
  1_500_001,
  2_500,
  code,
  Object.entries(attributes).flatMap(([key, value]) => {
    const number = WORDS.indexOf(key);
    return [number < 0 ? key : number, value ?? ''];
  }),
  isLinked ? [TRACE, OTHER] : [],
];

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
    name: WORDS[0] ?? '',
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

function otlpOf(given: Given): unknown {
  const words = new KnownWords();
  words.add(WORDS);
  const source = { resource: '{"attributes":[]}', scope: 'consent-hub', startedAt: STARTED_AT, words };
  return JSON.parse(otlpJsonOf([recordOf(given)], source));
}

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
    expect(withoutDefaults(otlpOf(given))).toEqual(withoutDefaults(bySdk(given)));
  });

  it('has the last value of an attribute that was set twice, once', () => {
    const words = new KnownWords();
    words.add(['name', 'key']);
    const record = recordOf({}).slice();
    record[11] = [1, 'first', 'other', 1, 1, 'last'];
    const source = { resource: '{}', scope: 's', startedAt: 0, words };
    expect(otlpJsonOf([record as unknown as SpanRecord], source)).toContain(
      '"attributes":[{"key":"other","value":{"intValue":1}},{"key":"key","value":{"stringValue":"last"}}]',
    );
  });
});
