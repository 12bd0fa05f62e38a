import type { BankError, BankErrorCode } from '@consent-hub/bank-client';
import { Problem, type ProblemKind } from '@consent-hub/platform';

/** When nothing better is known of a bank that does not answer. */
const RETRY_AFTER_SECONDS = 5;

/** 409 and 422: the caller can do something. 502 to 504: the bank, or the way to it, must recover first. */
export const BANK_PROBLEMS: Record<BankErrorCode, ProblemKind> = {
  consent_withdrawn: {
    status: 409,
    code: 'bank_consent_withdrawn',
    detail: 'The person or the bank has ended this consent. Open a new one.',
  },
  account_refused: {
    status: 422,
    code: 'account_not_usable',
    detail: 'The bank does not allow this account for this request. Choose another account of the person.',
  },
  refresh_token_refused: {
    status: 409,
    code: 'bank_refresh_token_refused',
    detail: 'The bank no longer accepts the refresh token of this consent. Open a new one.',
  },
  access_token_refused: {
    status: 502,
    code: 'bank_access_token_refused',
    detail: 'The bank did not accept the access token of this consent. Refresh the consent and try again.',
  },
  security_refused: {
    status: 422,
    code: 'bank_security_refused',
    detail: 'The bank refused a security parameter of the call, for instance the authorization code.',
  },
  client_refused: {
    status: 502,
    code: 'bank_client_refused',
    detail: 'The bank does not accept this TPP: its client id, secret, certificate or role is not in order.',
  },
  request_refused: {
    status: 422,
    code: 'bank_request_refused',
    detail: 'The bank refused the call. Its own words, where it gave any, are in "bank".',
  },
  not_sent: {
    status: 503,
    code: 'bank_unreachable',
    detail: 'The bank could not be reached; nothing was sent. Try again later.',
  },
  busy: { status: 503, code: 'bank_busy', detail: 'The bank is too busy to act. Try again later.' },
  outcome_unknown: {
    status: 504,
    code: 'bank_outcome_unknown',
    detail: 'The call was sent to the bank and no usable answer came back.',
  },
  unreadable_answer: {
    status: 502,
    code: 'bank_answer_unreadable',
    detail: 'The bank answered with success, but not in the agreed form.',
  },
};

/** What our caller learns of a failed call of the bank: our words, and the bank's two code words where it refused. */
export function bankProblem({ code, context }: BankError): Problem {
  const row = BANK_PROBLEMS[code];
  return new Problem({
    ...row,
    ...(context.error !== undefined &&
      context.errorCode !== undefined && { bank: { error: context.error, error_code: context.errorCode } }),
    ...(row.status === 503 && {
      headers: { 'Retry-After': String(context.retryAfterSeconds ?? RETRY_AFTER_SECONDS) },
    }),
  });
}
