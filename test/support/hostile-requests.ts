import fc from 'fast-check';
import type { MachineCall } from './bank-under-test.js';

/** A request before it becomes bytes; every character of its texts is one byte. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  /** Lines of the head, without the end of a line. */
  readonly lines: readonly string[];
  readonly body: string;
  /** In place of a Content-Length that is right. */
  readonly framing?: string;
  /** Whether the sender stops before what it announced. */
  readonly isCut?: boolean;
}

type Spoiling = (request: WireRequest) => WireRequest;

export const wireRequest = ({
  method,
  path,
  headers,
  body = '',
}: Omit<MachineCall, 'brand'>): WireRequest => ({
  method,
  target: path,
  protocol: 'HTTP/1.1',
  lines: headers.map(([name, value]) => `${name}: ${value}`),
  body,
});

export function bytesOf({ method, target, protocol, lines, body, framing }: WireRequest): Buffer {
  const length = framing ?? `Content-Length: ${body.length}`;
  const head = [
    `${method} ${target} ${protocol}`,
    'Host: bank.example',
    'Connection: close',
    ...lines,
    length,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  maxLength: 40,
});
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((byte) => String.fromCharCode(byte)),
  maxLength: 40,
});

const BEFORE_PATH = [
  ...['/', '//', '/.', '/..', '/x/..', '/%2e%2e', '/%2F', '/%00', '/%c3%28', '/%zz', '/\\', '/;a=b'],
  ...['https://elsewhere.example', 'ftp://a', '*', 'a:1', '/sandbox/psd2', '/sandbox/psd2/..', '/sandbox'],
];
const AFTER_PATH = [
  '/',
  '/.',
  '/..',
  '//',
  '%2f',
  '%',
  '%zz',
  '%00',
  '%c3%28',
  '#x',
  '?',
  '??',
  ';a=b',
  '\\',
  '*',
];
const QUERIES = [
  ...[
    '&',
    '&&=&',
    '&=',
    '&a',
    '&%zz=%zz',
    '&%ff=%fe',
    '&a=%00',
    '&__proto__=1',
    '&a[b]=c',
    '&a=1&a=2',
    '&?',
    '&#',
  ],
  ...[
    '&scope=CAF&scope=PIS',
    '&iban=&iban=',
    '&psu_involved=true&psu_involved=true',
    '&next=%',
    '&pagesize=1e9',
  ],
  '&a=1'.repeat(2_000),
];
const METHODS = [
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'PATCH',
  'PUT',
  'DELETE',
  'GET',
  'POST',
  'get',
  'BREW',
  '',
];
const PROTOCOLS = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/9.9', 'HTTP/1', 'ICY/1.0', ''];
const LINES = [
  ...['X', ': x', 'X : y', ' folded', 'X: \0', 'X: \x7f', 'X\xe9: y', 'X: \xff\xfe', 'Host: other', 'Host:'],
  ...[
    'Expect: 100-continue',
    'Expect: x',
    'Upgrade: h2c',
    'Connection: upgrade',
    'TE: trailers',
    'Trailer: x',
  ],
  ...[
    'Content-Encoding: gzip',
    'Content-Type: text/plain',
    'Content-Type: ;;',
    'Content-Type: multipart/form-data',
  ],
  ...[
    'Content-Type: application/json; charset=utf-7',
    'Accept: */*',
    'Request-ID: \xe9',
    'Authorization: Basic ===',
  ],
  ...[
    'Authorization: Basic /////w==',
    'Cookie: a=%zz; __proto__=1',
    'Origin: null',
    'Sec-Fetch-Site: cross-site',
  ],
  `X: ${'x'.repeat(20_000)}`,
  ...['', 'X: y\r\n'.repeat(1_500) + 'X: y'].filter((line) => line !== ''),
];
const BODIES = [
  ...[
    'grant_type=%zz',
    'grant_type=%c3%28&code=%ff',
    '\xc3\x28=\xff',
    'grant_type=a&grant_type=b',
    '__proto__=1&a=2',
  ],
  ...[
    '&&==&',
    '\0',
    '{',
    '[]',
    'null',
    '"\\ud800"',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":1}}',
    '\xef\xbb\xbf{}',
  ],
  ...['{"account":"\xff"}', '[1e999]', '['.repeat(30_000), 'a=1&'.repeat(15_000), 'x'.repeat(66_000)],
];
const FRAMINGS: readonly (readonly [framing: string, body: string, isCut: boolean])[] = [
  ['Content-Length: 100000', 'short', true],
  ['Content-Length: -1', 'x', false],
  ['Content-Length: 1, 1', 'x', false],
  ['Content-Length: 1\r\nContent-Length: 2', 'xy', false],
  ['Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n', false],
  ['Content-Length: 18446744073709551616', 'x', false],
  ['Transfer-Encoding: gzip', 'x', false],
  ['Transfer-Encoding: chunked, chunked', '0\r\n\r\n', true],
  ['Transfer-Encoding: chunked', 'ZZ\r\nabc\r\n0\r\n\r\n', false],
  ['Transfer-Encoding: chunked', '2\r\nabcdef\r\n0\r\n\r\n', false],
  ['Transfer-Encoding: chunked', '3;x=y\r\nabc\r\n0\r\nTrailer: x\r\n\r\n', false],
  ['Transfer-Encoding: chunked', 'ffffffffffffffffff\r\n', false],
  ['Transfer-Encoding: chunked', '11170\r\n' + 'x'.repeat(70_000) + '\r\n0\r\n\r\n', false],
  ['Transfer-Encoding: chunked', '5\r\nab', true],
];

const inPath = (target: string, change: (path: string) => string): string => {
  const [path = '', ...query] = target.split('?');
  return [change(path), ...query].join('?');
};
const within = (target: string, query: string): string =>
  target.includes('?') ? target + query : `${target}?${query.slice(1)}`;
const replacedAt = <T>(list: readonly T[], at: number, ...by: readonly T[]): T[] =>
  list.length === 0 ? [...by] : list.toSpliced(at % list.length, 1, ...by);

const spoiling = <T>(values: fc.Arbitrary<T>, spoil: (request: WireRequest, value: T) => WireRequest) =>
  values.map(
    (value): Spoiling =>
      (request) =>
        spoil(request, value),
  );
const at = fc.nat({ max: 20 });

const SPOILINGS: fc.Arbitrary<Spoiling> = fc.oneof(
  spoiling(fc.constantFrom(...BEFORE_PATH), (each, trick) => ({ ...each, target: trick + each.target })),
  spoiling(fc.constantFrom(...AFTER_PATH), (each, trick) => ({
    ...each,
    target: inPath(each.target, (path) => path + trick),
  })),
  spoiling(fc.tuple(fc.nat({ max: 4 }), fc.oneof(visible, bytes)), (each, [segment, text]) => ({
    ...each,
    target: inPath(each.target, (path) => replacedAt(path.split('/'), segment, text).join('/')),
  })),
  spoiling(fc.integer({ min: 100, max: 40_000 }), (each, length) => ({
    ...each,
    target: inPath(each.target, (path) => `${path}/${'a'.repeat(length)}`),
  })),
  spoiling(
    fc.oneof(
      fc.constantFrom(...QUERIES),
      visible.map((text) => `&a=${text}`),
    ),
    (each, query) => ({
      ...each,
      target: within(each.target, query),
    }),
  ),
  spoiling(fc.constantFrom(...METHODS), (each, method) => ({ ...each, method })),
  spoiling(fc.constantFrom(...PROTOCOLS), (each, protocol) => ({ ...each, protocol })),
  spoiling(fc.constantFrom(...LINES), (each, line) => ({ ...each, lines: [...each.lines, line] })),
  spoiling(at, (each, line) => ({ ...each, lines: replacedAt(each.lines, line) })),
  spoiling(at, (each, line) => ({
    ...each,
    lines: [...each.lines, each.lines[line % Math.max(1, each.lines.length)] ?? 'X: y'],
  })),
  spoiling(fc.tuple(at, fc.oneof(visible, bytes)), (each, [line, value]) => ({
    ...each,
    lines: each.lines.map((known, index) =>
      index === line % each.lines.length ? `${known.split(':')[0]}: ${value}` : known,
    ),
  })),
  spoiling(
    fc.oneof(
      fc.constantFrom(...BODIES),
      bytes,
      fc.json().map((text) => Buffer.from(text).toString('latin1')),
    ),
    // A framing that was put before announces something else.
    (each, body) => ({ ...each, body, isCut: each.framing !== undefined }),
  ),
  spoiling(fc.constantFrom(...FRAMINGS), (each, [framing, body, isCut]) => ({
    ...each,
    framing,
    body,
    isCut,
  })),
);

/** Requests that are wrong in one way or in three at once. */
export const hostile = <Key extends string>(requests: Readonly<Record<Key, WireRequest>>) =>
  fc
    .tuple(
      fc.constantFrom(...(Object.keys(requests) as Key[])),
      fc.array(SPOILINGS, { minLength: 1, maxLength: 3 }),
    )
    .map(([key, spoilings]) => spoilings.reduce<WireRequest>((each, spoil) => spoil(each), requests[key]));
