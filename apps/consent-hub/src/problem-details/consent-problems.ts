import type { ConsentError, ConsentErrorCode, ConsentState } from '@consent-hub/consent';
import { Problem, type ProblemKind } from '@consent-hub/platform';

export const CONSENT_PROBLEMS: Record<ConsentErrorCode, ProblemKind> = {
  consent_not_found: {
    status: 404,
    code: 'consent_not_found',
    detail: 'There is no such consent, or none that this API client may see.',
  },
  consent_not_live: {
    status: 409,
    code: 'consent_not_live',
    detail: 'The consent has no tokens that work. "state" and "reason" say why, "action" what to do.',
  },
  grant_in_progress: {
    status: 503,
    code: 'refresh_in_progress',
    detail: 'The bank has been asked and has not answered yet. The call continues; ask again for its result.',
  },
  grant_in_doubt: {
    status: 503,
    code: 'refresh_in_doubt',
    detail: 'The answer of the bank was lost. The tokens are tried again once that is safe.',
  },
  bank_unavailable: {
    status: 503,
    code: 'bank_unavailable',
    detail: 'The bank cannot be reached; nothing happened there. Try again later.',
  },
  grants_paused: {
    status: 503,
    code: 'refresh_paused',
    detail:
      'The bank is asked for no tokens now: the database server has changed, or the spool cannot be written. Try again later.',
  },
  refresh_too_soon: {
    status: 429,
    code: 'refresh_too_soon',
    detail: 'The tokens were refreshed on request a moment ago. Nothing was sent to the bank.',
  },
  bank_refused: {
    status: 502,
    code: 'bank_refused',
    detail: 'The bank refused the call for a reason that does not end the consent.',
  },
  bank_answer_unreadable: {
    status: 502,
    code: 'bank_answer_unreadable',
    detail:
      'The bank answered with success, but not in the agreed form. The answer is kept and will be read again.',
  },
};

/** What the caller can do about a consent that has no tokens. */
const ACTIONS: Record<ConsentState, string> = {
  initiated: 'wait_for_psu',
  authorized: 'wait_for_exchange',
  active: 'retry',
  refreshed: 'retry',
  superseded: 'use_successor',
  revoked: 'open_consent',
  expired: 'open_consent',
  rejected: 'open_consent',
  failed: 'open_consent',
};

export function consentProblem({ code, context }: ConsentError): Problem {
  const { state, reason = null, bankError, bankErrorCode, retryAfterSeconds } = context;
  return new Problem({
    ...CONSENT_PROBLEMS[code],
    ...(state !== undefined && { extensions: { state, reason, action: ACTIONS[state] } }),
    ...(bankError !== undefined &&
      bankErrorCode !== undefined && { bank: { error: bankError, error_code: bankErrorCode } }),
    ...(retryAfterSeconds !== undefined && { headers: { 'Retry-After': String(retryAfterSeconds) } }),
  });
}
