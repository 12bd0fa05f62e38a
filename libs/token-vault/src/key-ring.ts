import { createSecretKey, type KeyObject } from 'node:crypto';
import { VaultError } from './vault-error.js';

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
/** 32 bytes in base64 or base64url, padded or not. */
const KEY = /^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/;

/** A data key, unwrapped. */
export interface DataKey {
  readonly id: string;
  readonly key: KeyObject;
  /** Whether it seals, unless some hub does not have it. */
  readonly isCurrent: boolean;
}

/**
 * The keys of the vault by id: those of HUB_VAULT_KEYS, and data keys. The current data key seals, before there is one the first
 * key of HUB_VAULT_KEYS; all of them open, so that a key can be replaced while values that it sealed are still stored.
 */
export class KeyRing {
  private dataKeys: ReadonlyMap<string, DataKey> = new Map();
  private retired: ReadonlySet<string> = new Set();

  private constructor(private readonly listed: ReadonlyMap<string, KeyObject>) {}

  /** Without keys of HUB_VAULT_KEYS. */
  static empty(): KeyRing {
    return new KeyRing(new Map());
  }

  /**
   * Reads `id:base64key,...`: ids of 1 to 32 letters, digits, `_` or `-`, keys of 32 bytes, the current key first.
   *
   * @throws VaultError `malformed` naming every fault by the place of its entry; no key is printed, nor an id that could be one
   */
  static parse(text: string): KeyRing {
    const keys = new Map<string, KeyObject>();
    const faults: string[] = [];
    for (const [index, entry] of text.split(',').entries()) {
      const [id = '', key = '', ...rest] = entry.trim().split(':');
      const place = `entry ${index + 1}`;
      if (rest.length > 0 || !entry.includes(':')) faults.push(`${place} is not of the form id:key`);
      else if (!KEY_ID.test(id)) faults.push(`${place}: the id is not 1 to 32 letters, digits, _ or -`);
      else if (!KEY.test(key)) faults.push(`${place} (${id}): the key is not 32 bytes in base64`);
      else if (keys.has(id)) faults.push(`${place} (${id}): the id stands there twice`);
      else keys.set(id, createSecretKey(Buffer.from(key, 'base64')));
    }
    if (faults.length > 0 || keys.size === 0)
      throw new VaultError('malformed', `the key ring is not usable: ${faults.join('; ')}`);
    return new KeyRing(keys);
  }

  /**
   * Takes the data keys as they are now in the place of those before.
   *
   * @param retired ids of keys of HUB_VAULT_KEYS that seal nothing any more
   */
  replaceDataKeys(keys: Iterable<DataKey>, retired: Iterable<string> = []): void {
    this.dataKeys = new Map([...keys].map((key) => [key.id, key]));
    this.retired = new Set(retired);
  }

  /** The key that is to seal. @throws VaultError `unknown_key` while there is none */
  get currentId(): string {
    const [id] = this.sealingIds;
    if (id === undefined) throw new VaultError('unknown_key', 'the key ring holds no key that seals');
    return id;
  }

  /** Keys that may seal, the preferred one first. */
  get sealingIds(): readonly string[] {
    const current = [...this.dataKeys.values()].filter(({ isCurrent }) => isCurrent).map(({ id }) => id);
    return [...current, ...[...this.listed.keys()].filter((id) => !this.retired.has(id))];
  }

  /** Ids of all keys, the one that is to seal first. */
  get ids(): readonly string[] {
    return [...new Set([...this.sealingIds, ...this.listed.keys(), ...this.dataKeys.keys()])];
  }

  /** Those of HUB_VAULT_KEYS, in their order. */
  get listedIds(): readonly string[] {
    return [...this.listed.keys()];
  }

  findListedKey(id: string): KeyObject | undefined {
    return this.listed.get(id);
  }

  findKey(id: string): KeyObject | undefined {
    return this.dataKeys.get(id)?.key ?? this.listed.get(id);
  }

  /** @throws VaultError `unknown_key` */
  getKey(id: string): KeyObject {
    const key = this.findKey(id);
    if (!key) throw new VaultError('unknown_key', 'the key is not in the ring', { keyId: id });
    return key;
  }
}
