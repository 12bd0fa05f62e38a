import { createSecretKey, type KeyObject } from 'node:crypto';
import { VaultError } from './vault-error.js';

const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
/** 32 bytes in base64 or base64url, padded or not. */
const KEY = /^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/;

/**
 * The keys of the vault by id. The first one seals; all of them open, so that a key can be replaced while values that it
 * sealed are still stored.
 */
export class KeyRing {
  private constructor(
    readonly currentId: string,
    private readonly keys: ReadonlyMap<string, KeyObject>,
  ) {}

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
    const [currentId] = keys.keys();
    if (faults.length > 0 || currentId === undefined)
      throw new VaultError('malformed', `the key ring is not usable: ${faults.join('; ')}`);
    return new KeyRing(currentId, keys);
  }

  /** Ids of all keys, the current one first. */
  get ids(): readonly string[] {
    return [...this.keys.keys()];
  }

  findKey(id: string): KeyObject | undefined {
    return this.keys.get(id);
  }

  /** @throws VaultError `unknown_key` */
  getKey(id: string): KeyObject {
    const key = this.findKey(id);
    if (!key) throw new VaultError('unknown_key', 'the key is not in the ring', { keyId: id });
    return key;
  }
}
