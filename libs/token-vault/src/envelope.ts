import { VaultError } from './vault-error.js';

/**
 * A sealed value as it is stored: version, length of the key id, key id, nonce, tag, ciphertext. Values of version 1 are in
 * databases: its layout never changes, another one gets another number.
 */
export interface Envelope {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

export const ENVELOPE_VERSION = 1;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

const HEAD_BYTES = 2;
const KEY_ID_BYTES_MAX = 32;

export function writeEnvelope({ keyId, nonce, tag, ciphertext }: Envelope): Buffer {
  const sealed = Buffer.allocUnsafe(HEAD_BYTES + keyId.length + NONCE_BYTES + TAG_BYTES + ciphertext.length);
  let at = sealed.writeUInt8(keyId.length, sealed.writeUInt8(ENVELOPE_VERSION));
  at += sealed.write(keyId, at, 'latin1');
  for (const part of [nonce, tag, ciphertext]) at += part.copy(sealed, at);
  return sealed;
}

/** The bytes that every value sealed with this key begins with, and no other. */
export const headOf = (keyId: string): Buffer =>
  Buffer.concat([Buffer.from([ENVELOPE_VERSION, keyId.length]), Buffer.from(keyId, 'latin1')]);

/**
 * Reads the key that has sealed a value from its beginning, as `headOf` writes it.
 *
 * @returns null for what is no sealed value
 */
export function keyIdOf(sealed: Buffer): string | null {
  const length = sealed[1] ?? 0;
  if (sealed[0] !== ENVELOPE_VERSION || length < 1 || length > KEY_ID_BYTES_MAX) return null;
  return sealed.length < HEAD_BYTES + length
    ? null
    : sealed.toString('latin1', HEAD_BYTES, HEAD_BYTES + length);
}

/** @throws VaultError `malformed` */
export function readEnvelope(sealed: Buffer): Envelope {
  const keyIdLength = sealed[1] ?? 0;
  const nonceAt = HEAD_BYTES + keyIdLength;
  const tagAt = nonceAt + NONCE_BYTES;
  const ciphertextAt = tagAt + TAG_BYTES;
  if (
    sealed[0] !== ENVELOPE_VERSION ||
    keyIdLength < 1 ||
    keyIdLength > KEY_ID_BYTES_MAX ||
    sealed.length < ciphertextAt
  )
    throw new VaultError('malformed', 'the bytes are no sealed value');
  return {
    keyId: sealed.toString('latin1', HEAD_BYTES, nonceAt),
    nonce: sealed.subarray(nonceAt, tagAt),
    tag: sealed.subarray(tagAt, ciphertextAt),
    ciphertext: sealed.subarray(ciphertextAt),
  };
}
