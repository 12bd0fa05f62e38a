import type { IncomingHttpHeaders } from 'node:http';
import { HEADER } from '@consent-hub/psd2-protocol';
import { BankError, type BankErrorCode, type BankErrorContext } from './bank-error.js';
import type { BankAnswer } from './exchange.js';
import { isBusy } from './http-status.js';
import { isRecord, parseJson } from './json.js';

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

const CODE_WORD = /^[A-Za-z0-9_.-]{1,64}$/;
/** Said by what stands before the bank, which may still be at work behind it. */
const OF_A_GATEWAY = new Set([502, 504]);
const MAX_RETRY_AFTER_SECONDS = 86_400;

/** What an answer that is no success lets us conclude. */
export function refusalOf(answer: BankAnswer, requestId: string): BankError {
  const words = codeWordsOf(answer.body);
  const context: BankErrorContext = { requestId, httpStatus: answer.status, ...words };
  // A refusal that belongs to another request must not end a consent.
  if (echoOf(answer.headers, requestId) === 'different') return new BankError('outcome_unknown', context);
  if (isBusy(answer.status)) return new BankError('busy', { ...context, ...retryAfterOf(answer.headers) });
  if (answer.status >= 500) {
    return new BankError('outcome_unknown', { ...context, callIsOver: !OF_A_GATEWAY.has(answer.status) });
  }
  return new BankError(meaningOf(words), context);
}

/** Whether the bank repeated our Request-ID, as every page of its reference promises. */
export function echoOf(headers: IncomingHttpHeaders, requestId: string): 'same' | 'different' | 'missing' {
  const echo = firstOf(headers[HEADER.responseId.toLowerCase()])?.trim();
  if (!echo) return 'missing';
  return echo.toLowerCase() === requestId.toLowerCase() ? 'same' : 'different';
}

type CodeWords = Pick<BankErrorContext, 'error' | 'errorCode'>;

function meaningOf({ error, errorCode }: CodeWords): BankErrorCode {
  const name = error?.toLowerCase();
  const row = MEANINGS.find((meaning) =>
    meaning.errorCode ? errorCode !== undefined && meaning.errorCode.test(errorCode) : meaning.error === name,
  );
  return row?.means ?? 'request_refused';
}

/** The bank's free text stays behind: it may repeat what was sent. */
function codeWordsOf(body: string): CodeWords {
  const json = parseJson(body);
  if (!isRecord(json)) return {};
  const error = codeWord(json['error']);
  const errorCode = codeWord(json['error_code']);
  return { ...(error === undefined ? {} : { error }), ...(errorCode === undefined ? {} : { errorCode }) };
}

function codeWord(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && CODE_WORD.test(text) ? text : undefined;
}

/** RFC 9110 section 10.2.3: seconds, or a date; the bank's own Date tells how far away that is, whatever our clock says. */
function retryAfterOf(headers: IncomingHttpHeaders): Pick<BankErrorContext, 'retryAfterSeconds'> {
  const text = firstOf(headers['retry-after'])?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - Date.parse(firstOf(headers.date) ?? '')) / 1000);
  return seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) } : {};
}

/** Behind several proxies a header comes more than once; the bank itself was seen to send two dates. */
const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
