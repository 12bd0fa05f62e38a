/** Where a key-encryption key may be. */
export const KEY_ENCRYPTIONS = ['local', 'vault-transit', 'pkcs11', 'aws-kms'] as const;
export type KeyEncryptionName = (typeof KEY_ENCRYPTIONS)[number];

/** A key-encryption key (KEK), which is somewhere else than the data keys that it wraps: in another system, or at least not in the database. */
export abstract class KeyEncryption {
  abstract readonly name: KeyEncryptionName;

  /** The key that wraps, as its provider names it. */
  abstract readonly kekId: string;

  /** @throws VaultError `kek_unavailable` */
  abstract wrap(plain: Buffer): Promise<Buffer>;

  /**
   * @param kekId the key that has wrapped it
   * @throws VaultError `kek_unavailable`; `not_unwrapped` where the provider says that these bytes are not what the key has wrapped
   */
  abstract unwrap(wrapped: Buffer, kekId: string): Promise<Buffer>;

  /** Ends sessions and connections. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
