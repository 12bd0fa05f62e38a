import type { ConsentState } from './domain/consent-state.js';
import type { StateReason } from './domain/transition.js';

/**
 * - `consent_not_found`: there is none, or not for this caller
 * - `consent_not_live`: it has no pair that works; `state` and `reason` say why
 * - `grant_in_progress`: a call for it is under way and takes longer than the caller waits; it continues
 * - `grant_in_doubt`: the answer to a call was lost; the pair is probed once that is safe
 * - `bank_unavailable`: the bank cannot be reached or is busy; nothing happened there
 * - `grants_paused`: no pair may be spent now: the database server has changed, or answers cannot be spooled
 * - `refresh_too_soon`: the pair was refreshed on request a moment ago; nothing was sent
 * - `bank_refused`: the bank refused for a reason that does not end the consent by itself
 * - `bank_answer_unreadable`: the bank granted something that cannot be read yet; the answer is kept
 */
export type ConsentErrorCode =
  | 'consent_not_found'
  | 'consent_not_live'
  | 'grant_in_progress'
  | 'grant_in_doubt'
  | 'bank_unavailable'
  | 'grants_paused'
  | 'refresh_too_soon'
  | 'bank_refused'
  | 'bank_answer_unreadable';

export interface ConsentErrorContext {
  readonly consentId: string;
  readonly state?: ConsentState;
  readonly reason?: StateReason | null;
  readonly retryAfterSeconds?: number;
  /** The bank's own `error` and `error_code`. */
  readonly bankError?: string;
  readonly bankErrorCode?: string;
}

/** Every failure that is reported to a caller of the consent domain. */
export class ConsentError extends Error {
  constructor(
    readonly code: ConsentErrorCode,
    readonly context: ConsentErrorContext,
    options?: ErrorOptions,
  ) {
    super(`consent ${context.consentId}: ${code}`, options);
    this.name = 'ConsentError';
  }
}
