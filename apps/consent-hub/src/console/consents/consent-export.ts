import type { FoundConsent } from '@consent-hub/consent';
import { csvLine } from '../frame/csv.js';
import { maskIban } from '../frame/parts.js';

export const EXPORT_FORMATS = {
  csv: ['text/csv; charset=utf-8', 'csv'],
  ndjson: ['application/x-ndjson', 'ndjson'],
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

const COLUMNS = [
  ...['id', 'brand', 'scope', 'psu_ref', 'iban_masked', 'state', 'state_reason', 'attention', 'generation'],
  ...['opened_by', 'created_at', 'authorized_at', 'activated_at', 'refreshed_at', 'refresh_due_at'],
  ...['consent_expires_at', 'ended_at', 'superseded_by'],
] as const;

type Exported = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

const time = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

function exported({ consent, attention }: FoundConsent): Exported {
  const { tokenPair } = consent;
  return {
    id: consent.id,
    brand: consent.brand,
    scope: consent.scope,
    psu_ref: consent.psuRef,
    iban_masked: consent.iban === null ? null : maskIban(consent.iban),
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

/** The lines of an export, as they are found. Never a token, and no account number in full. */
export async function* exportLines(
  batches: AsyncIterable<readonly FoundConsent[]>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS);
  for await (const batch of batches) {
    const rows = batch.map(exported);
    yield rows
      .map((row) =>
        format === 'csv' ? csvLine(COLUMNS.map((column) => row[column])) : `${JSON.stringify(row)}\n`,
      )
      .join('');
  }
}
