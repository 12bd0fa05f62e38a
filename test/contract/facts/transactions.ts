/** A list in one of its two shapes: where its items stand, and the key to the next page. */
export interface TransactionList {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | undefined;
}

interface TransactionShape {
  readonly version: string;
  readonly source: string;
  /** Member of the answer that holds the list, and the list's name in it. */
  readonly at: readonly [member: string, list: string];
  /** Fields of every item. */
  readonly item: Record<string, unknown>;
}

const DATE: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/);
const TEXT: unknown = expect.any(String);

const ITEM = {
  transaction_ref: TEXT,
  counterparty_info: TEXT,
  communication: TEXT,
  communication_type: expect.stringMatching(/^(FREETEXT|STRUCTURED)$/) as unknown,
  remittance_info: TEXT,
  counterparty_account: expect.stringMatching(/^(BE\d{14})?$/) as unknown,
  amount: expect.any(Number) as unknown,
  currency: 'EUR',
  execution_date: DATE,
  value_date: DATE,
};
const NUMBERED = { transaction_seqnumber: expect.stringMatching(/^EUR\d{3}$/) as unknown, ...ITEM };
const EMBEDDED = ['_embedded', 'transactions'] as const;
const BOOKED = ['transactions', 'booked'] as const;

export const TRANSACTION_SHAPES: readonly TransactionShape[] = [
  { version: '1', source: 'recorded client', at: EMBEDDED, item: ITEM },
  { version: '1.2', source: 'recorded client', at: EMBEDDED, item: ITEM },
  { version: '2', source: 'recorded client', at: BOOKED, item: NUMBERED },
  { version: '3', source: 'assumed: as version 2', at: BOOKED, item: NUMBERED },
];

/**
 * Parameters with which the call is refused, and the one that is at fault. Source: bank page "error codes": accounts, for
 * the words; assumed, where a page ends and what a key is.
 */
export const BAD_QUERIES: readonly (readonly [what: string, query: Record<string, string>, input: string])[] =
  [
    ['a date that is none', { date_from: '2026-02-30' }, 'date_from'],
    ['a date in another form', { date_from: '01/02/2026' }, 'date_from'],
    ['a date and a time', { date_to: '2026-02-03T00:00:00Z' }, 'date_to'],
    ['an end before the beginning', { date_from: '2026-03-02', date_to: '2026-03-01' }, 'date_from'],
    ['a page of nothing', { pagesize: '0' }, 'pagesize'],
    ['a page of 401', { pagesize: '401' }, 'pagesize'],
    ['a page size in words', { pagesize: 'all' }, 'pagesize'],
    ['a page size that overflows', { pagesize: '99999999999999999999' }, 'pagesize'],
    ['a currency that the account does not hold', { currency: 'JPY' }, 'currency'],
    ['a currency that is none', { currency: 'euro' }, 'currency'],
    ['a key that was not given out', { next: 'bm90LWEta2V5' }, 'next'],
    ['a key with a control character', { next: 'abc\u0000' }, 'next'],
    ['an answer of neither yes nor no', { psu_involved: 'maybe' }, 'psu_involved'],
  ];
