import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const RANDOM_BYTES = 32;
/** The recorded answer of the bank leaves about 550 characters for the token of its link. */
const APP_TOKEN_BYTES = 412;

const random = (bytes: number): Secret => new Secret(randomBytes(bytes).toString('base64url'));

/** A token or code of the bank: 256 random bits in base64url, without a meaning to its holder. */
export const newOpaqueValue = (): Secret => random(RANDOM_BYTES);

/** The `apptoken` of a link: opaque, and as long as the bank's. */
export const newAppToken = (): Secret => random(APP_TOKEN_BYTES);

/**
 * The lengths of the last three parts of a compact JWE of 154 characters, whose second part is empty (RFC 7516 section
 * 7.1).
 */
const JWE_PARTS_BYTES = [16, 32, 16];
const JWE_HEADER = JSON.stringify({ typ: 'JWT', alg: 'dir', enc: 'A128CBC-HS256' });

/** An opaque value in the shape of a JWE: the bank refuses a wrong one as "Invalid JWT" (bank page "error codes"). */
export const newScaToken = (): Secret =>
  new Secret(
    [
      Buffer.from(JWE_HEADER).toString('base64url'),
      '',
      ...JWE_PARTS_BYTES.map((bytes) => random(bytes).reveal()),
    ].join('.'),
  );

/**
 * SHA-256 of a value that the bank issued or knows: the bank stores nothing else of it. 256 random bits need no slow hash.
 */
export const hashOf = (value: Secret): Buffer => createHash('sha256').update(value.reveal()).digest();

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text, so that it can neither be read nor changed without the key.
 *
 * @param key 32 bytes
 * @param purpose what it is for; it is opened for nothing else
 */
export function seal(key: Buffer, text: string, purpose = ''): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when it was sealed with another key or for another purpose, or is too short or changed */
export function openSealed(key: Buffer, sealed: Buffer, purpose = ''): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}
