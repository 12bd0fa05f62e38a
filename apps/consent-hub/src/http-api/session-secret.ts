import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

/** It cannot be guessed, and a plain hash of it reveals nothing. */
const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** A new value for a link or for a cookie. */
export const newSessionSecret = (): Secret => new Secret(randomBytes(SECRET_BYTES).toString('base64url'));

/** What is stored of it. */
export const hashOfSecret = (secret: Secret): Buffer => createHash('sha256').update(secret.reveal()).digest();

/** @returns null for a text that no link and no cookie of ours ever was */
export const readSecret = (text: string | undefined): Secret | null =>
  text !== undefined && SECRET.test(text) ? new Secret(text) : null;

/** Token of every form of a session: only a page that was sent to its browser can have it. */
export const formTokenOf = (cookie: Secret): string =>
  createHmac('sha256', cookie.reveal()).update('form').digest('base64url');

export function isFormTokenOf(cookie: Secret, given: unknown): boolean {
  const expected = Buffer.from(formTokenOf(cookie));
  const token = Buffer.from(typeof given === 'string' ? given : '');
  return token.length === expected.length && timingSafeEqual(token, expected);
}
