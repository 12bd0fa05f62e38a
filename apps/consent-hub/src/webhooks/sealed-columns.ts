import type { SealedColumn } from '@consent-hub/platform';

const WEBHOOK = { table: 'hub.webhook', id: 'id', consentId: 'id' } as const;

/** Secrets of webhooks, each bound to its webhook and its generation. */
export const WEBHOOK_SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    ...WEBHOOK,
    name: 'webhook_secrets',
    columns: [{ column: 'secret', purpose: 'webhook_secret' }],
    generation: 'secret_generation',
    where: 'secret IS NOT NULL',
  },
  {
    ...WEBHOOK,
    name: 'former_webhook_secrets',
    columns: [{ column: 'former_secret', purpose: 'webhook_secret' }],
    generation: 'secret_generation - 1',
    where: 'former_secret IS NOT NULL',
  },
];
