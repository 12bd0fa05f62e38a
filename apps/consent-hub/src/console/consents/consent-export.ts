import type { FoundConsent } from '@consent-hub/consent';
import type { ExportedRow } from '../frame/export.js';
import { maskIban } from '../frame/parts.js';

/** @param hasNumbers whether account numbers are exported in full */
export const consentColumns = (hasNumbers: boolean): readonly string[] => [
  ...['id', 'brand', 'scope', 'psu_ref', ibanColumn(hasNumbers), 'state', 'state_reason', 'attention'],
  ...['generation', 'opened_by', 'created_at', 'authorized_at', 'activated_at', 'refreshed_at'],
  ...['refresh_due_at', 'consent_expires_at', 'ended_at', 'superseded_by'],
];

const ibanColumn = (hasNumbers: boolean): string => (hasNumbers ? 'iban' : 'iban_masked');

const time = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

function rowOf({ consent, attention }: FoundConsent, hasNumbers: boolean): ExportedRow {
  const { tokenPair, iban } = consent;
  return {
    id: consent.id,
    brand: consent.brand,
    scope: consent.scope,
    psu_ref: consent.psuRef,
    [ibanColumn(hasNumbers)]: iban === null || hasNumbers ? iban : maskIban(iban),
    state: consent.state,
    state_reason: consent.stateReason,
    attention: attention.join(' '),
    generation: tokenPair?.generation ?? 0,
    opened_by: consent.openedBy,
    created_at: time(consent.createdAt),
    authorized_at: time(consent.authorizedAt),
    activated_at: time(consent.activatedAt),
    refreshed_at: time(tokenPair?.refreshedAt),
    refresh_due_at: time(tokenPair?.refreshDueAt),
    consent_expires_at: time(consent.consentExpiresAt),
    ended_at: time(consent.endedAt),
    superseded_by: consent.supersededBy,
  };
}

/** Rows as they are found. Never a token. */
export async function* consentRows(
  batches: AsyncIterable<readonly FoundConsent[]>,
  hasNumbers: boolean,
): AsyncGenerator<readonly ExportedRow[]> {
  for await (const batch of batches) yield batch.map((found) => rowOf(found, hasNumbers));
}
