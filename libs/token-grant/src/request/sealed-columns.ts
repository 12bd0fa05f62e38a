import type { SealedColumn } from '@consent-hub/platform';

/** Answers that could not be read, and those that are still to be settled. */
export const TOKEN_REQUEST_SEALED_COLUMN: SealedColumn = {
  name: 'token_answers',
  table: 'hub.token_request',
  id: 'id',
  columns: [{ column: 'raw_answer', purpose: 'token_answer' }],
  consentId: 'consent_id',
  generation: 'expected_generation',
  where: 'raw_answer IS NOT NULL',
};
