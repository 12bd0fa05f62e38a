/** What is sent in place of a good head and body, and by which status it is refused. */
interface UnreadableRequest {
  readonly what: string;
  /** After the request line and the headers of a good call. */
  readonly rest: string;
  /** Whether its Request-ID is still known where it becomes unreadable. */
  readonly isKnown: boolean;
  readonly status: number;
  readonly code: string;
  readonly description: string;
}

const INVALID = {
  isKnown: true,
  status: 400,
  code: 'GEN-1202-100002',
  description: 'Invalid request body/path/query input.',
};
const chunked = (body: string): string => `Transfer-Encoding: chunked\r\n\r\n${body}`;

/** Assumed: the bank's page knows no such requests. */
export const UNREADABLE_REQUESTS: readonly UnreadableRequest[] = [
  {
    what: 'headers over 16 KiB',
    rest: `X: ${'x'.repeat(20_000)}\r\n\r\n`,
    isKnown: false,
    status: 431,
    code: 'GEN-1202-100001',
    description: 'Invalid request header input.',
  },
  { what: 'a header without a colon', rest: 'X\r\n\r\n', ...INVALID },
  { what: 'two lengths of one body', rest: 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy', ...INVALID },
  { what: 'a length below zero', rest: 'Content-Length: -1\r\n\r\n', ...INVALID },
  { what: 'a length together with chunks', rest: `Content-Length: 5\r\n${chunked('0\r\n\r\n')}`, ...INVALID },
  { what: 'a chunk of no size', rest: chunked('ZZ\r\nabc\r\n0\r\n\r\n'), ...INVALID },
  { what: 'a chunk that is longer than its size', rest: chunked('2\r\nabcdef\r\n0\r\n\r\n'), ...INVALID },
];
