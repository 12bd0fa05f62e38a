import { BANK_ERROR, type BankErrorRow } from '@consent-hub/psd2-protocol';
import type { BankErrorCode, BankErrorContext } from './bank-error.js';
import { isAbsent, isRecord, isText, parseJson } from './json.js';

/** What an error body of the bank says in code words. */
export type CodeWords = Pick<BankErrorContext, 'error' | 'errorCode'>;

interface Meaning {
  readonly means: BankErrorCode;
  /** In lower case: the age of numeric codes wrote names so, later ones write them in capitals. */
  readonly error?: string;
  readonly errorCode?: RegExp;
}

/**
 * What the bank's code words mean (bank page "error codes", and the numeric codes before it); the first row that fits
 * holds. The current codes begin with a component (`B14800ZZ`, earlier `B14800`), so only the block after it is compared;
 * numeric 10006 stands for both kinds of token and says nothing without its name.
 */
const MEANINGS: readonly Meaning[] = [
  { means: 'consent_withdrawn', error: 'no_active_consent' },
  { means: 'consent_withdrawn', errorCode: /^B\w*-3013-|^20005$/ },
  { means: 'account_refused', errorCode: /^B\w*-300[78]-|^2000[34]$/ },
  { means: 'account_refused', error: 'channel_not_permitted' },
  { means: 'account_refused', error: 'account_not_supported' },
  { means: 'refresh_token_refused', errorCode: /^GEN-1203-100004$/ },
  { means: 'refresh_token_refused', error: 'invalid_grant' },
  { means: 'access_token_refused', errorCode: /^GEN-1203-100003$/ },
  { means: 'access_token_refused', error: 'invalid_access_token' },
  { means: 'security_refused', errorCode: /^GEN-1203-1000(08|10)$/ },
  { means: 'client_refused', errorCode: /^GEN-1203-100009$|^B14663\w*-2100-/ },
  { means: 'client_refused', error: 'invalid_tpp' },
  // RFC 6749 section 5.2
  { means: 'client_refused', error: 'invalid_client' },
];

/** A field of an error, with or without escapes; UTF-16 has a NUL between its characters. */
const NAMES_ERROR = /error|\\u|\0/;

const CODE_WORD = /^[A-Za-z0-9_.-]{1,64}$/;

/** The forms of the documented codes: `GEN-1203-100004`, `B14800ZZ-3013-000000` and its older spelling, `20005`. */
const CODE_OF_BANK = /^GEN-\d{4}-\d{6}$|^B\d{5}[A-Z]*-[0-9A-Z]{4}-[0-9A-Z]{6}$|^[12]00\d\d$/;

/** Names in the bank's tables that any proxy gives its own refusals as well: alone, they do not show who has answered. */
const NAMES_OF_ANYBODY = new Set(['forbidden', 'access_denied']);
const ROWS: readonly BankErrorRow[] = Object.values(BANK_ERROR);
const NAMES_OF_BANK = new Set(
  [
    ...ROWS.flatMap(({ error, numeric }) => (numeric ? [error, numeric.error] : [error])),
    ...MEANINGS.flatMap(({ error }) => (error === undefined ? [] : [error])),
  ]
    .map((name) => name.toLowerCase())
    .filter((name) => !NAMES_OF_ANYBODY.has(name)),
);

/** Whether the words are documented ones, which nothing that stands before the bank would choose. */
export const isDocumented = ({ error, errorCode }: CodeWords): boolean =>
  (errorCode !== undefined && CODE_OF_BANK.test(errorCode)) ||
  (error !== undefined && NAMES_OF_BANK.has(error.toLowerCase()));

export function meaningOf({ error, errorCode }: CodeWords): BankErrorCode {
  const name = error?.toLowerCase();
  const row = MEANINGS.find((meaning) =>
    meaning.errorCode ? errorCode !== undefined && meaning.errorCode.test(errorCode) : meaning.error === name,
  );
  return row?.means ?? 'request_refused';
}

/** The free text next to the code words is left out: it may repeat what was sent. */
export function codeWordsOf(body: string): CodeWords {
  const json = parseJson(body);
  if (!isRecord(json)) return {};
  const error = codeWord(json['error']);
  const errorCode = codeWord(json['error_code']);
  return { ...(error === undefined ? {} : { error }), ...(errorCode === undefined ? {} : { errorCode }) };
}

/** Whether a body has the form of an error, with any status. A body with a token in it has not. */
export function isErrorBody(body: string): boolean {
  // A success is parsed once, by its reader: without the name of one of its fields, however written, it is no error.
  if (!NAMES_ERROR.test(body)) return false;
  const json = parseJson(body);
  if (!isRecord(json) || !isAbsent(json['access_token']) || !isAbsent(json['refresh_token'])) return false;
  return isText(json['error']) || isText(json['error_code']) || typeof json['error_code'] === 'number';
}

function codeWord(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && CODE_WORD.test(text) ? text : undefined;
}
