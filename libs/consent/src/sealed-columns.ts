import type { SealedColumn } from '@consent-hub/platform';

const PAIR = { table: 'hub.token_pair', id: 'consent_id', consentId: 'consent_id' } as const;
const CONSENT = { table: 'hub.consent', id: 'id', consentId: 'id', generation: '0' } as const;

/** Where the tables of consents hold sealed values, and what these are bound to. */
export const CONSENT_SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    ...PAIR,
    name: 'token_pairs',
    columns: [
      { column: 'access_token', purpose: 'access_token' },
      { column: 'refresh_token', purpose: 'refresh_token' },
    ],
    generation: 'generation',
    where: 'refresh_token IS NOT NULL',
    keyColumn: 'key_id',
  },
  {
    ...PAIR,
    name: 'sca_tokens',
    columns: [{ column: 'sca_token', purpose: 'sca_token' }],
    // Independent of the generation of the pair in the same row.
    generation: '1',
    where: 'sca_token IS NOT NULL',
  },
  {
    ...CONSENT,
    name: 'code_verifiers',
    columns: [{ column: 'code_verifier', purpose: 'code_verifier' }],
    where: `state IN ('initiated', 'authorized')`,
  },
  {
    ...CONSENT,
    name: 'authorization_codes',
    columns: [{ column: 'authorization_code', purpose: 'authorization_code' }],
    where: `state = 'authorized'`,
  },
  {
    ...CONSENT,
    name: 'link_starts',
    columns: [{ column: 'link_start', purpose: 'link_start' }],
    where: `state = 'initiated'`,
  },
];
