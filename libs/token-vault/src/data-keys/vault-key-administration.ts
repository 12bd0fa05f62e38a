import type { KeyEncryption } from '../key-encryption/key-encryption.js';
import type { Also, VaultKeyRow } from './vault-key.repository.js';

/** What needs a key, by the names of the stores and how many; nothing that is zero. */
export type KeyUses = Readonly<Record<string, number>>;

/** A key, and what is known of it in addition to its row. */
export interface ListedKey {
  readonly row: VaultKeyRow;
  /** Whether this process can open what it has sealed. */
  readonly isKnown: boolean;
  readonly uses?: KeyUses;
}

export interface VaultKeyList {
  readonly kek: Pick<KeyEncryption, 'name' | 'kekId'>;
  /** Oldest first. */
  readonly keys: readonly ListedKey[];
}

/** What admins do with the keys of the vault. Where features meet: console asks, vault-keys answers. */
export abstract class VaultKeyAdministration {
  /** @param withUses counts what needs each key, which reads every sealed value */
  abstract list(withUses: boolean): Promise<VaultKeyList>;

  /** @returns the key that becomes current as soon as every hub has it @throws Problem 503 `vault_kek_unavailable` */
  abstract rotate(also?: Also): Promise<ListedKey>;

  /** Asks for all values to be sealed anew with the current key. @throws Problem 409 `no_data_key` */
  abstract reseal(also?: Also): Promise<VaultKeyList>;

  /** @throws Problem 404 `vault_key_not_found`; 409 `vault_key_seals`, `vault_key_in_use` */
  abstract retire(id: string, also?: Also): Promise<ListedKey>;
}
