import type { SealedColumn } from '@consent-hub/platform';

/** Answers to openings; a consent is opened under one key at most. */
export const IDEMPOTENCY_SEALED_COLUMN: SealedColumn = {
  name: 'idempotency_answers',
  table: 'hub.idempotency_key',
  id: 'consent_id',
  columns: [{ column: 'answer', purpose: 'idempotency_answer' }],
  consentId: 'consent_id',
  generation: '0',
  where: 'consent_id IS NOT NULL',
};
