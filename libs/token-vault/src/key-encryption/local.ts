import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { NONCE_BYTES, TAG_BYTES } from '../envelope.js';
import type { KeyRing } from '../key-ring.js';
import { VaultError } from '../vault-error.js';
import { KeyEncryption } from './key-encryption.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** Frozen: wrapped keys are in databases. */
const PURPOSE = 'consent-hub data keys 1';

/**
 * A key of HUB_VAULT_KEYS, the first one. It wraps with a key derived from it (HKDF, RFC 5869), since it may also have sealed
 * values itself: no key is used for both.
 */
export class LocalKeyEncryption extends KeyEncryption {
  readonly name = 'local';

  constructor(private readonly keys: KeyRing) {
    super();
  }

  get kekId(): string {
    const [first] = this.keys.listedIds;
    if (first === undefined)
      throw new VaultError('kek_unavailable', 'HUB_VAULT_KEYS holds no key that wraps');
    return first;
  }

  wrap(plain: Buffer): Promise<Buffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.wrappingKey(this.kekId), nonce, { authTagLength: TAG_BYTES });
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]));
  }

  unwrap(wrapped: Buffer, kekId: string): Promise<Buffer> {
    return Promise.resolve().then(() => {
      const ciphertextAt = NONCE_BYTES + TAG_BYTES;
      const nonce = wrapped.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, this.wrappingKey(kekId), nonce, { authTagLength: TAG_BYTES });
      try {
        decipher.setAuthTag(wrapped.subarray(NONCE_BYTES, ciphertextAt));
        return Buffer.concat([decipher.update(wrapped.subarray(ciphertextAt)), decipher.final()]);
      } catch {
        throw new VaultError('not_unwrapped', 'the data key does not open with this key', { keyId: kekId });
      }
    });
  }

  private wrappingKey(id: string): Buffer {
    const key = this.keys.findListedKey(id);
    if (!key) throw new VaultError('kek_unavailable', 'the key is not one of HUB_VAULT_KEYS', { keyId: id });
    return Buffer.from(hkdfSync('sha256', key.export(), Buffer.alloc(0), PURPOSE, KEY_BYTES));
  }
}
