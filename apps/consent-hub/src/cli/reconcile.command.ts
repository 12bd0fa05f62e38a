import { HttpBankClient } from '@consent-hub/bank-client';
import { ConsentRepository } from '@consent-hub/consent';
import { openJournalReconciliation, type ReadingParts } from '@consent-hub/token-grant';
import type { Command } from 'commander';
import { readHubSettings } from '../config/hub-settings.js';
import { openVaultKeys } from '../config/open-vault-keys.js';
import { newCommand, running, type CommandResult, type Shell } from './command.js';
import { withDatabase } from './database.js';
import { table } from './output.js';

const RESULT_TEXTS = {
  unsettled: 'not in the database',
  committed: 'stored: the consent holds the pair',
  overtaken: 'a later pair is there, or the consent has ended',
  in_doubt: 'holds no pair: the next request asks the bank again',
  unreadable: 'unreadable; it is in the journal now',
  failed: 'could not be opened or written down; it stays in the spool',
} as const;

export const reconcileCommand = (shell: Shell): Command =>
  newCommand('reconcile', {
    summary: 'Shows what a spool holds and the database does not, after a restore; with --apply, settles it.',
    notes:
      'Hubs do the same with their own spools before they spend a pair. This is for the spools of hubs that are not started\n' +
      'again, and to see beforehand what will be settled. The latest pair of each consent is stored. Nothing is sent to the bank.\n' +
      'It reads a directory of this machine, so it works on the database and not over HTTP.',
    reads:
      'the whole environment of the hub (HUB_*, BANK_*, DATABASE_URL; HUB_SPOOL_DIR unless a directory is given)',
  })
    .argument('[spool-dir]')
    .option('--apply', 'settles what differs')
    .action(
      running(shell, (given: string | undefined, { apply }: { readonly apply?: true }) =>
        withHub(shell.env, async (world) => {
          const reconciliation = openJournalReconciliation(world, given ?? world.settings.spoolDir);
          const differences = await (apply ? reconciliation.settle() : reconciliation.compare());
          const data = differences.map((one) => ({
            request_id: one.requestId,
            consent_id: one.consentId,
            stored_generation: one.storedGeneration,
            spooled_generation: one.spooledGeneration,
            result: one.result,
          }));
          const lines = differences.map((one) => [
            one.requestId,
            one.consentId,
            one.storedGeneration,
            one.spooledGeneration,
            RESULT_TEXTS[one.result],
          ]);
          const isFailure = data.some(({ result }) => result === 'failed' || result === 'unreadable');
          const text =
            data.length > 0
              ? table(['REQUEST-ID', 'CONSENT', 'STORED', 'SPOOLED', 'RESULT'], lines)
              : 'The database has all that the spool holds.\n';
          return { data, text, isFailure };
        }),
      ),
    );

/** With what a hub of this environment reads answers with. */
async function withHub(
  env: NodeJS.ProcessEnv,
  work: (world: ReadingParts) => Promise<CommandResult>,
): Promise<CommandResult> {
  const settings = readHubSettings(env);
  const bank = new HttpBankClient(settings.bank);
  try {
    return await withDatabase(env, async (dataSource) => {
      const keys = await openVaultKeys(settings.vault, dataSource);
      try {
        return await work({
          dataSource,
          consents: new ConsentRepository(dataSource),
          vault: keys.vault,
          bank,
          settings: settings.grants,
        });
      } finally {
        await keys.onApplicationShutdown();
      }
    });
  } finally {
    await bank.onApplicationShutdown();
  }
}
