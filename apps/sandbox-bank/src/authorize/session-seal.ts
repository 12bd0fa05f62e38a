import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key of its own for this purpose, out of the key that only the browser keeps. */
const sealingKeyOf = (key: Secret): Buffer =>
  createHmac('sha256', key.reveal()).update('seal of the session').digest();

/** For what a session must remember and nobody else may read: the TPP's state, the address with the authorization code. */
export function sealWithKey(key: Secret, uri: Secret): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKeyOf(key), nonce);
  return Buffer.concat([nonce, cipher.update(uri.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when it was sealed with another key */
export function openWithKey(key: Secret, sealed: Buffer): Secret {
  const decipher = createDecipheriv(CIPHER, sealingKeyOf(key), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return new Secret(text.toString('utf8'));
}
