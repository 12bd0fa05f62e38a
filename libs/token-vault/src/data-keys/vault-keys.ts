import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { describeError } from '@consent-hub/platform';
import { Logger } from '@nestjs/common';
import type { KeyEncryption } from '../key-encryption/key-encryption.js';
import type { DataKey, KeyRing } from '../key-ring.js';
import { TokenVault } from '../token-vault.js';
import { VaultError } from '../vault-error.js';
import type { Also, NewVaultKey, VaultKeyRepository, VaultKeyRow } from './vault-key.repository.js';
import { unwrapKey, wrapNewKey } from './wrapped-key.js';

/** A key that could not be unwrapped is tried again after this time: its provider is asked neither every second nor never. */
const RETRY_MS = 30_000;

/** What the keys of a process are made of. */
export interface VaultKeyParts {
  readonly repository: VaultKeyRepository;
  /** Key ring of HUB_VAULT_KEYS; data keys are added to it. */
  readonly ring: KeyRing;
  /** Wraps new keys, and unwraps those of its provider. */
  readonly kek: KeyEncryption;
  /** Unwraps keys of other providers: of those in use before. */
  readonly formerKeks: readonly KeyEncryption[];
}

interface Unwrapped {
  readonly wrapped: Buffer;
  readonly key: KeyObject;
}

/** The data keys of this process, in memory only, and the changes of their states. Everything else that seals or opens uses `vault`. */
export class VaultKeys {
  private readonly logger = new Logger(VaultKeys.name);
  private readonly unwrapped = new Map<string, Unwrapped>();
  private readonly failedAt = new Map<string, number>();
  private rows: readonly VaultKeyRow[] = [];
  private reloading: Promise<boolean> | null = null;
  private made: TokenVault | undefined;

  private constructor(private readonly parts: VaultKeyParts) {}

  /**
   * Loads the data keys. Where nothing can seal yet, makes the first one.
   *
   * @throws VaultError when the current data key cannot be unwrapped: nothing would open
   */
  static async open(parts: VaultKeyParts): Promise<VaultKeys> {
    const keys = new VaultKeys(parts);
    const { ring, repository } = parts;
    await keys.load();
    if (ring.sealingIds.length === 0) {
      await repository.insertFirst(await keys.make());
      await keys.load();
    }
    const current = keys.find('current');
    if (current && !ring.findKey(current.id))
      throw new VaultError(
        'kek_unavailable',
        `data key ${current.id} cannot be unwrapped: see the line before`,
      );
    keys.made = new TokenVault(ring, () => keys.reload());
    return keys;
  }

  get vault(): TokenVault {
    if (!this.made) throw new Error('the keys are not loaded');
    return this.made;
  }

  /** As they were last read, oldest first. */
  get all(): readonly VaultKeyRow[] {
    return this.rows;
  }

  get kek(): KeyEncryption {
    return this.parts.kek;
  }

  /** Ids of HUB_VAULT_KEYS, in their order. */
  get listedIds(): readonly string[] {
    return this.parts.ring.listedIds;
  }

  find(state: 'announced' | 'current'): VaultKeyRow | undefined {
    return this.rows.find((row) => row.state === state);
  }

  /** Whether this process can open what the key has sealed. */
  has(id: string): boolean {
    return this.parts.ring.findKey(id) !== undefined;
  }

  /**
   * Reads the keys anew. Calls that come together share one reading.
   *
   * @returns whether the keys of this process, or which of them is current, have changed
   */
  reload(): Promise<boolean> {
    this.reloading ??= this.load().finally(() => (this.reloading = null));
    return this.reloading;
  }

  /**
   * Makes a data key and announces it; does nothing where one is announced already.
   *
   * @param also is done in the same transaction, where a key is announced
   * @throws VaultError `kek_unavailable`
   */
  async announce(also?: Also): Promise<void> {
    await this.reload();
    if (this.find('announced')) return;
    const key = await this.make();
    if (await this.parts.repository.announce(key, also))
      this.logger.log({ msg: 'data key announced', keyId: key.id, provider: key.provider, kekId: key.kekId });
    await this.reload();
  }

  /** Call it when every hub at work has the announced key. */
  async promote(id: string): Promise<void> {
    if (await this.parts.repository.promote(id)) this.logger.log({ msg: 'data key is current', keyId: id });
    await this.reload();
  }

  /** Adds what this process has sealed to the counters of the keys. */
  async writeSealCounts(): Promise<void> {
    const counts = this.vault.takeSealCounts();
    if (counts.size === 0) return;
    try {
      await this.parts.repository.addSeals(counts);
    } catch (error) {
      this.vault.returnSealCounts(counts);
      throw error;
    }
  }

  /** Ends the sessions with the providers; what is in memory still works. */
  async onApplicationShutdown(): Promise<void> {
    for (const kek of [this.parts.kek, ...this.parts.formerKeks]) await kek.close();
  }

  private async load(): Promise<boolean> {
    const { ring } = this.parts;
    const before = this.state();
    this.rows = await this.readRows();
    const keys: DataKey[] = [];
    for (const row of this.rows) {
      const key = await this.unwrap(row);
      if (key) keys.push({ id: row.id, key, isCurrent: row.state === 'current' });
    }
    for (const id of this.unwrapped.keys()) if (!keys.some((key) => key.id === id)) this.unwrapped.delete(id);
    const retired = this.rows.filter(
      ({ state, provider }) => state === 'retired' && provider === 'environment',
    );
    ring.replaceDataKeys(
      keys,
      retired.map(({ id }) => id),
    );
    return this.state() !== before;
  }

  /** A row of a key that this process has is never removed: where it is missing, the database has forgotten it. */
  private async readRows(): Promise<readonly VaultKeyRow[]> {
    const { repository } = this.parts;
    const rows = await repository.all();
    const forgotten = this.rows.filter(
      ({ id }) => this.unwrapped.has(id) && !rows.some((row) => row.id === id),
    );
    if (forgotten.length === 0) return rows;
    for (const row of forgotten) await repository.enterAgain(row);
    const keyIds = forgotten.map(({ id }) => id);
    this.logger.warn({ msg: 'data keys that the database had forgotten are entered again', keyIds });
    return repository.all();
  }

  private state(): string {
    const { ring } = this.parts;
    return JSON.stringify([ring.sealingIds, ring.ids]);
  }

  /** @returns null for what cannot be unwrapped now, and for what need not be */
  private async unwrap({ id, provider, kekId, wrapped }: VaultKeyRow): Promise<KeyObject | null> {
    if (wrapped === null || kekId === null) return null;
    const known = this.unwrapped.get(id);
    if (known?.wrapped.equals(wrapped)) return known.key;
    const failedAt = this.failedAt.get(id);
    if (failedAt !== undefined && performance.now() - failedAt < RETRY_MS) return null;
    try {
      const plain = await unwrapKey({ id, kekId, wrapped }, this.kekOf(provider));
      const key = createSecretKey(plain);
      plain.fill(0);
      this.unwrapped.set(id, { wrapped, key });
      this.failedAt.delete(id);
      return key;
    } catch (error) {
      this.failedAt.set(id, performance.now());
      this.logger.error({
        msg: 'data key cannot be unwrapped',
        ...{ keyId: id, provider, kekId },
        error: describeError(error),
      });
      return null;
    }
  }

  private kekOf(provider: string): KeyEncryption {
    const { kek, formerKeks } = this.parts;
    const found = [kek, ...formerKeks].find(({ name }) => name === provider);
    if (!found) throw new VaultError('kek_unavailable', `this hub is not set up for ${provider}`);
    return found;
  }

  private async make(): Promise<NewVaultKey> {
    const { kek } = this.parts;
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const id = `dk-${day}-${randomBytes(4).toString('hex')}`;
    return { id, provider: kek.name, kekId: kek.kekId, wrapped: await wrapNewKey(id, kek) };
  }
}
