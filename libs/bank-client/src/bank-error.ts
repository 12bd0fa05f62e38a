/**
 * What may be concluded from a failed call. A refusal is the bank's only with its marks: code words that it documents, or our
 * Request-ID in `Response-ID`. A proxy or gateway in front of the bank sends neither, and may answer after the bank has acted.
 *
 * - `consent_withdrawn`: the PSU or the bank ended the consent (`NO_ACTIVE_CONSENT`, every age and spelling)
 * - `account_refused`: the account cannot be used for this (`CHANNEL_NOT_PERMITTED`, `ACCOUNT_NOT_SUPPORTED`)
 * - `refresh_token_refused`: the refresh token is unknown, used or expired (`GEN-1203-100004`, `invalid_grant`)
 * - `access_token_refused`: the access token is not valid (`GEN-1203-100003`, `invalid_access_token`)
 * - `security_refused`: a security parameter is wrong, for instance the code (`GEN-1203-100008`)
 * - `client_refused`: the bank does not know or accept this TPP (`GEN-1203-100009`, `INVALID_TPP`)
 * - `request_refused`: any other 4xx with the bank's marks; the bank did not act, the reason is not one we know
 * - `not_sent`: the request never left (connection refused, DNS, TLS): nothing happened at the bank
 * - `busy`: 429 or 503, answered before acting: with the bank's marks, or to a call that only reads
 * - `outcome_unknown`: it was sent and no usable answer came (time-out, reset, other 5xx, an answer without the bank's
 *   marks): the bank may have acted
 * - `unreadable_answer`: 2xx whose body cannot be understood: the bank acted, unless it was not the bank that answered
 */
export const BANK_ERROR_CODES = [
  'consent_withdrawn',
  'account_refused',
  'refresh_token_refused',
  'access_token_refused',
  'security_refused',
  'client_refused',
  'request_refused',
  'not_sent',
  'busy',
  'outcome_unknown',
  'unreadable_answer',
] as const;
export type BankErrorCode = (typeof BANK_ERROR_CODES)[number];

/** Facts of the failure: ids and the bank's own code words only, never a value that was sent or received. */
export interface BankErrorContext {
  readonly requestId?: string;
  readonly httpStatus?: number;
  /** The bank answered this very request, or a server in front of it that waits for no other server: the call is finished, with or without effect. */
  readonly callIsOver?: boolean;
  /** `error` and `error_code` of the bank's body, cut to what such words look like. */
  readonly error?: string;
  readonly errorCode?: string;
  readonly retryAfterSeconds?: number;
  /**
   * With `unreadable_answer` of POST /token. True: the body names a token, or its bytes cannot be decoded, so that it must be
   * stored until a version can read it. False: it holds none (a maintenance page, an empty body, JSON without tokens); a pair
   * may exist at the bank all the same, and this answer does not say so.
   */
  readonly holdsPair?: boolean;
}

/** Every failure of libs/bank-client. The bank's free text stays out: it may repeat what was sent. */
export class BankError extends Error {
  constructor(
    readonly code: BankErrorCode,
    readonly context: BankErrorContext = {},
    options?: ErrorOptions,
  ) {
    super(`bank call failed: ${code}`, options);
    this.name = 'BankError';
  }
}
