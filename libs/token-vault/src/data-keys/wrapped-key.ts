import { randomBytes } from 'node:crypto';
import type { KeyEncryption } from '../key-encryption/key-encryption.js';
import { VaultError } from '../vault-error.js';

const VERSION = 1;
const KEY_BYTES = 32;
const HEAD_BYTES = 2;

/**
 * What is wrapped: version, length of the id, id, key. The id is part of it, so that a wrapped key cannot be put in another one's
 * place, even if the provider does not bind it. Frozen: databases hold wrapped keys.
 */
function write(id: string, key: Buffer): Buffer {
  return Buffer.concat([Buffer.from([VERSION, id.length]), Buffer.from(id, 'latin1'), key]);
}

/** Makes a data key. @returns it wrapped @throws VaultError `kek_unavailable` */
export async function wrapNewKey(id: string, kek: KeyEncryption): Promise<Buffer> {
  const plain = write(id, randomBytes(KEY_BYTES));
  try {
    return await kek.wrap(plain);
  } finally {
    plain.fill(0);
  }
}

/** @throws VaultError `kek_unavailable`, `not_unwrapped` */
export async function unwrapKey(
  { id, kekId, wrapped }: { readonly id: string; readonly kekId: string; readonly wrapped: Buffer },
  kek: KeyEncryption,
): Promise<Buffer> {
  const plain = await kek.unwrap(wrapped, kekId);
  const head = write(id, Buffer.alloc(0));
  if (plain.length !== head.length + KEY_BYTES || !plain.subarray(0, head.length).equals(head))
    throw new VaultError('not_unwrapped', 'the wrapped data key is of another id', { keyId: id });
  return plain.subarray(HEAD_BYTES + id.length);
}
