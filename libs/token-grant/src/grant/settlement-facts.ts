import type { BankError, GrantedTokens } from '@consent-hub/bank-client';
import type { EventData } from '@consent-hub/consent';
import type { RequestRecord } from '../request/reserved-request.js';
import type { Settlement } from '../request/token-request.repository.js';

/** What the journal keeps of a failed call. */
export const settlementOf = ({ code, context }: BankError): Settlement => ({
  outcome: code,
  httpStatus: context.httpStatus ?? null,
  bankError: context.error ?? null,
  bankErrorCode: context.errorCode ?? null,
});

/** What the timeline tells of it. */
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
