import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import type { ResealView, VaultKeyListView, VaultKeyView } from '../vault-keys/vault-key.view.js';
import { CommandFailure, newCommand, running, UsageError, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { counted, facts, table } from './output.js';

const PATH = '/v1/vault-keys';
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const ASK_MS = 500;
/** A rotation takes some four seconds; a hub that was just killed counts as running for 22. */
const ROTATED_WITHIN_MS = 60_000;

const usesText = (uses: Readonly<Record<string, number>> = {}): string | null =>
  Object.entries(uses)
    .map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`)
    .join(', ') || null;

const status = (shell: Shell): Command =>
  withHubOptions(
    newCommand('status', {
      summary: 'Lists the keys of the vault, how often they have sealed, and what needs them.',
      notes: 'Counts every sealed value: seconds with a million consents. Prints no key.',
      reads: HUB_VARIABLES,
    }),
  ).action(
    running(shell, async (options: HubOptions) => {
      const data = await HubApi.of(shell, options).get<VaultKeyListView>(PATH, { uses: 'true' });
      const rows = data.items.map((key) => [
        key.id,
        key.destroyed_at === null ? key.state : 'destroyed',
        key.kek_id === null ? key.provider : `${key.provider} ${key.kek_id}`,
        key.seals,
        key.is_known ? 'yes' : 'NO',
        usesText(key.uses),
      ]);
      const titles = ['KEY', 'STATE', 'WRAPPED BY', 'SEALS', 'KNOWN', 'NEEDED BY'];
      const kek = facts({ 'New keys are wrapped by': `${data.kek_provider} ${data.kek_id}` });
      const reseal = data.reseal ? `${resealText(data.reseal)}\n` : '';
      const isUnknownNeeded = data.items.some(({ is_known, uses }) => !is_known && usesText(uses) !== null);
      return { data, text: kek + table(titles, rows) + reseal, isFailure: isUnknownNeeded };
    }),
  );

const rotate = (shell: Shell): Command =>
  withHubOptions(
    newCommand('rotate', {
      summary: 'Makes a new data key, and waits until all hubs seal with it.',
      notes:
        'No hub is restarted. What former keys have sealed opens as before; `vault reseal` seals it anew. If a hub that is at work\n' +
        'cannot load the key, nothing is sealed with it, and the log of that hub says why.',
      reads: HUB_VARIABLES,
    }),
  ).action(
    running(shell, async (options: HubOptions) => {
      const hub = HubApi.of(shell, options);
      const made = await hub.post<VaultKeyView>(`${PATH}/rotate`);
      for (const until = Date.now() + ROTATED_WITHIN_MS; Date.now() < until; await setTimeout(ASK_MS)) {
        const data = (await hub.get<VaultKeyListView>(PATH)).items.find(({ id }) => id === made.id);
        if (data && data.state !== 'announced') return { data, text: `All hubs seal with ${data.id}.\n` };
        shell.progress(`${made.id} is announced: not every hub has it`);
      }
      throw new CommandFailure(
        `${made.id} is announced, but some hub does not have it yet. It becomes current as soon as all have it.`,
      );
    }),
  );

const reseal = (shell: Shell): Command =>
  withHubOptions(
    newCommand('reseal', {
      summary: 'Has every sealed value sealed anew with the current data key, and shows how far it has come.',
      notes:
        'A hub does it, in small batches, while all of them serve (VAULT_RESEAL_PER_SECOND). If that hub ends, another continues;\n' +
        'if this command ends, the work continues too. Call the command again to see the rest.',
      reads: HUB_VARIABLES,
    }),
  ).action(
    running(shell, async (options: HubOptions) => {
      const hub = HubApi.of(shell, options);
      let data = (await hub.post<VaultKeyListView>(`${PATH}/reseal`)).reseal;
      while (data?.state === 'running') {
        shell.progress(resealText(data));
        await setTimeout(ASK_MS);
        data = (await hub.get<VaultKeyListView>(PATH)).reseal;
      }
      if (!data)
        throw new CommandFailure('Another key has become current since then. Call the command again.');
      return { data, text: `${resealText(data)}\n`, isFailure: data.failed > 0 };
    }),
  );

const retire = (shell: Shell): Command =>
  withHubOptions(
    newCommand('retire', {
      summary: 'Retires a key that nothing needs any more; refused while something does.',
      notes:
        'A data key is destroyed a day later. A key of HUB_VAULT_KEYS may be taken out of there then. Spooled answers go by\n' +
        'themselves, HUB_SPOOL_RETENTION_MINUTES after the last one.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<key>')
    .action(
      running(shell, async (given: string, options: HubOptions) => {
        if (!KEY_ID.test(given)) throw new UsageError('<key> is not the id of a key.');
        const data = await HubApi.of(shell, options).post<VaultKeyView>(`${PATH}/${given}/retire`);
        const rest =
          data.provider === 'environment' ? 'Take it out of HUB_VAULT_KEYS.' : 'It is destroyed in a day.';
        return { data, text: `${data.id} is retired. ${rest}\n` };
      }),
    );

export const vaultCommands = (shell: Shell): Command =>
  new Command('vault')
    .description('The keys that seal stored values.')
    .addCommand(status(shell))
    .addCommand(rotate(shell))
    .addCommand(reseal(shell))
    .addCommand(retire(shell));

const resealText = ({ key_id, state, total, resealed, failed }: ResealView): string =>
  state === 'running'
    ? `Sealing anew with ${key_id}: ${resealed} of ${counted(total, 'row')}.`
    : `Sealed anew with ${key_id}: ${counted(resealed, 'row')}${failed > 0 ? `, and ${failed} that no key opens` : ''}.`;
