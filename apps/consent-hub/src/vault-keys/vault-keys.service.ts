import { Problem } from '@consent-hub/platform';
import {
  VaultError,
  VaultKeyAdministration,
  VaultKeyRepository,
  VaultKeys,
  type Also,
  type ListedKey,
  type VaultKeyList,
  type VaultKeyRow,
} from '@consent-hub/token-vault';
import { HubEvents } from '@consent-hub/consent';
import { Injectable, Logger } from '@nestjs/common';
import { KeyUsesService } from './key-uses.service.js';
import {
  NO_DATA_KEY,
  VAULT_KEK_UNAVAILABLE,
  VAULT_KEY_IN_USE,
  VAULT_KEY_NOT_FOUND,
  VAULT_KEY_SEALS,
} from './vault-keys.problems.js';

/** A key of HUB_VAULT_KEYS that has no row yet, or one that no hub has: it is known by what it has sealed. */
const rowlessKey = (id: string): VaultKeyRow => ({
  id,
  state: 'former',
  provider: 'environment',
  kekId: null,
  wrapped: null,
  seals: 0,
  createdAt: null,
  currentFrom: null,
  currentUntil: null,
  retiredAt: null,
  destroyedAt: null,
  resealRequestedAt: null,
  resealEndedAt: null,
  resealTotal: null,
  resealed: 0,
  resealFailed: 0,
});

@Injectable()
export class VaultKeysService extends VaultKeyAdministration {
  private readonly logger = new Logger(VaultKeysService.name);

  constructor(
    private readonly keys: VaultKeys,
    private readonly repository: VaultKeyRepository,
    private readonly uses: KeyUsesService,
    private readonly hubEvents: HubEvents,
  ) {
    super();
  }

  override async list(withUses: boolean): Promise<VaultKeyList> {
    await this.keys.reload();
    const uses = withUses ? await this.uses.count() : null;
    const rows = this.rows([...(uses?.keys() ?? [])]);
    const sealing = this.keys.vault.currentKeyId;
    const keys = rows.map((row) => ({
      row: row.id === sealing && row.provider === 'environment' ? { ...row, state: 'current' as const } : row,
      isKnown: this.keys.has(row.id),
      ...(uses && { uses: uses.get(row.id) ?? {} }),
    }));
    return { kek: this.keys.kek, keys };
  }

  override async rotate(also?: Also): Promise<ListedKey> {
    try {
      await this.keys.announce(also);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.logger.error({ msg: 'no data key was made', error: error.message });
      throw new Problem(VAULT_KEK_UNAVAILABLE);
    }
    // Where it has become current since then, it is the one that seals now.
    const row = this.keys.find('announced') ?? this.keys.find('current');
    if (!row) throw new Error('a key that was announced is gone');
    return { row, isKnown: this.keys.has(row.id) };
  }

  override async reseal(also?: Also): Promise<VaultKeyList> {
    await this.keys.reload();
    const current = this.keys.find('current');
    if (!current) throw new Problem(NO_DATA_KEY);
    await this.repository.requestReseal(await this.uses.countRowsExcept(current.id), also);
    return this.list(false);
  }

  override async retire(id: string, also?: Also): Promise<ListedKey> {
    await this.keys.reload();
    const row = this.rows([]).find((one) => one.id === id);
    if (!row) throw new Problem(VAULT_KEY_NOT_FOUND);
    if (row.state !== 'retired') {
      const isSealing = row.state !== 'former' || id === this.keys.vault.currentKeyId;
      if (isSealing) throw new Problem(VAULT_KEY_SEALS);
      const uses = (await this.uses.count()).get(id);
      if (uses) throw new Problem({ ...VAULT_KEY_IN_USE, extensions: { uses } });
      if (row.createdAt === null) await this.repository.noteEnvironmentKey(id);
      const record: Also = async (tx) => {
        await this.hubEvents.record(tx, 'hub.vault_key_retired', { key_id: id });
        await also?.(tx);
      };
      if (await this.repository.retire(id, record)) this.logger.log({ msg: 'vault key retired', keyId: id });
      await this.keys.reload();
    }
    const retired = this.rows([]).find((one) => one.id === id) ?? row;
    return { row: retired, isKnown: this.keys.has(id) };
  }

  /** Of all keys that there are, and of those that only values name. */
  private rows(named: readonly string[]): VaultKeyRow[] {
    const rows = this.keys.all;
    const rowless = [...new Set([...this.keys.listedIds, ...named])].filter(
      (id) => !rows.some((row) => row.id === id),
    );
    return [...rowless.map(rowlessKey), ...rows];
  }
}
