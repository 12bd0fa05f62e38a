import type { BankError, BankErrorCode, GrantedTokens } from '@consent-hub/bank-client';
import type { EventData, StateReason } from '@consent-hub/consent';
import type { GrantType } from '@consent-hub/psd2-protocol';
import type { RequestRecord } from '../request/reserved-request.js';
import type { Settlement } from '../request/token-request.repository.js';

/**
 * The outcome of one request:
 * - `committed`: the pair of its answer is stored
 * - `overtaken`: it was granted a pair, but the consent had ended or been renewed in the meantime
 * - `received`: its answer cannot be read yet; the answer is kept
 * - `refused`: the bank refused, which ends nothing by itself
 * - `ended`: the bank refused, and the consent has ended
 * - `not_sent`: nothing happened at the bank
 * - `in_doubt`: it is unknown whether the bank acted
 */
export type GrantOutcome =
  'committed' | 'overtaken' | 'received' | 'refused' | 'ended' | 'not_sent' | 'in_doubt';

/** The end of one request, for its journal row. */
export interface GrantEnd {
  readonly outcome: GrantOutcome;
  /** Why the consent has ended, where this request ended it. */
  readonly reason: StateReason | null;
}

export const ending = (outcome: GrantOutcome, reason: StateReason | null = null): GrantEnd => ({
  outcome,
  reason,
});

/** What a failed call of POST /token means for its journal row and its consent. */
export type Verdict =
  /** Nothing happened at the bank: the same request may be made again at once. */
  | { readonly kind: 'not_sent' }
  /** The bank may have acted: no process may spend the same token before the lease ends. */
  | { readonly kind: 'in_doubt' }
  /** The bank refused, and that ends nothing: it is recorded and reported. */
  | { readonly kind: 'refused' }
  /** The bank refused, and that ends the consent. */
  | {
      readonly kind: 'ended';
      readonly to: 'failed' | 'revoked';
      readonly reason: Extract<
        StateReason,
        'code_refused' | 'exchange_lost' | 'rotation_lost' | 'refresh_refused' | 'withdrawn_at_bank'
      >;
    };

const NOT_SENT: Verdict = { kind: 'not_sent' };
const IN_DOUBT: Verdict = { kind: 'in_doubt' };
const REFUSED: Verdict = { kind: 'refused' };

/** A probe repeats a doubtful call: a token refused then was spent the first time, and that answer is lost. */
const LOST = {
  authorization_code: { kind: 'ended', to: 'failed', reason: 'exchange_lost' },
  refresh_token: { kind: 'ended', to: 'failed', reason: 'rotation_lost' },
} as const satisfies Record<GrantType, Verdict>;

const CODE_REFUSED: Verdict = { kind: 'ended', to: 'failed', reason: 'code_refused' };

type Table = Record<BankErrorCode, Verdict>;

/**
 * A refused code ends its consent with every error of the bank: the code is short-lived and good for one exchange. A
 * refresh is refused permanently only by the errors that the bank documents for it; any other error may be a fault of the
 * bank or of this TPP's configuration, and ends no consent.
 */
const TABLES: Record<GrantType, Table> = {
  authorization_code: {
    consent_withdrawn: CODE_REFUSED,
    account_refused: CODE_REFUSED,
    refresh_token_refused: CODE_REFUSED,
    access_token_refused: CODE_REFUSED,
    security_refused: CODE_REFUSED,
    client_refused: CODE_REFUSED,
    request_refused: CODE_REFUSED,
    not_sent: NOT_SENT,
    busy: NOT_SENT,
    outcome_unknown: IN_DOUBT,
    // Granted, and not even the body could be had: a probe will say that the pair is lost.
    unreadable_answer: IN_DOUBT,
  },
  refresh_token: {
    consent_withdrawn: { kind: 'ended', to: 'revoked', reason: 'withdrawn_at_bank' },
    account_refused: REFUSED,
    refresh_token_refused: { kind: 'ended', to: 'failed', reason: 'refresh_refused' },
    access_token_refused: REFUSED,
    security_refused: REFUSED,
    client_refused: REFUSED,
    request_refused: REFUSED,
    not_sent: NOT_SENT,
    busy: NOT_SENT,
    outcome_unknown: IN_DOUBT,
    unreadable_answer: IN_DOUBT,
  },
};

/** Codes by which the bank says that the token or code itself is not, or no longer, good. */
const SAYS_SPENT: Record<GrantType, readonly BankErrorCode[]> = {
  authorization_code: ['security_refused', 'request_refused'],
  refresh_token: ['refresh_token_refused'],
};

/** @param isProbe whether the call repeated one whose answer had been lost */
export function verdictOf(error: BankErrorCode, grantType: GrantType, isProbe: boolean): Verdict {
  if (isProbe && SAYS_SPENT[grantType].includes(error)) return LOST[grantType];
  return TABLES[grantType][error];
}

/** What the journal keeps of a failed call. */
export const settlementOf = ({ code, context }: BankError): Settlement => ({
  outcome: code,
  httpStatus: context.httpStatus ?? null,
  bankError: context.error ?? null,
  bankErrorCode: context.errorCode ?? null,
});

/** What the timeline records of it. */
export const factsOf = (request: RequestRecord, { code, context }: BankError): EventData => ({
  request_id: request.requestId,
  grant_type: request.grantType,
  outcome: code,
  ...(context.httpStatus !== undefined && { http_status: context.httpStatus }),
  ...(context.error !== undefined && { bank_error: context.error }),
  ...(context.errorCode !== undefined && { bank_error_code: context.errorCode }),
});

/** The account that an answer names; null for none. */
export const accountOf = ({
  iban,
  logicalId,
}: GrantedTokens): { readonly iban: string; readonly logicalId: string } | null =>
  iban !== undefined && logicalId !== undefined ? { iban, logicalId } : null;
