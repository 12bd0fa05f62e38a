import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

/** Nobody guesses it, and a plain hash of it gives nothing away. */
const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** A new value for a link or for a cookie. */
export const newSessionSecret = (): Secret => new Secret(randomBytes(SECRET_BYTES).toString('base64url'));

/** What is stored of it. */
export const hashOfSecret = (secret: Secret): Buffer => createHash('sha256').update(secret.reveal()).digest();

/** @returns null for a text that no link and no cookie of ours ever was */
export const readSecret = (text: string): Secret | null => (SECRET.test(text) ? new Secret(text) : null);

/** Stands in every form of a session: only a page that was sent to its browser can have it. */
export const formTokenOf = (cookie: Secret): string =>
  createHmac('sha256', cookie.reveal()).update('form').digest('base64url');

export function isFormTokenOf(cookie: Secret, given: unknown): boolean {
  const expected = Buffer.from(formTokenOf(cookie));
  const token = Buffer.from(typeof given === 'string' ? given : '');
  return token.length === expected.length && timingSafeEqual(token, expected);
}

/**
 * `__Host-` keeps other hosts of the same domain from planting one (RFC 6265bis, section 4.1.3.2); browsers take it over TLS alone, so
 * a hub whose public URL is plain HTTP does without.
 */
const nameOf = (isSecure: boolean): string => `${isSecure ? '__Host-' : ''}my-session`;

const ATTRIBUTES = (isSecure: boolean): string =>
  `; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

/** `Lax`: the bank sends the browser back from another site. Gone when the browser closes. */
export const sessionCookie = (value: Secret, isSecure: boolean): string =>
  `${nameOf(isSecure)}=${value.reveal()}${ATTRIBUTES(isSecure)}`;

export const noSessionCookie = (isSecure: boolean): string =>
  `${nameOf(isSecure)}=; Max-Age=0${ATTRIBUTES(isSecure)}`;

/** @param cookies as the header of the request has them */
export function sessionSecretIn(cookies: string | undefined, isSecure: boolean): Secret | null {
  const beginning = `${nameOf(isSecure)}=`;
  const cookie = (cookies ?? '')
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(beginning));
  return cookie === undefined ? null : readSecret(cookie.slice(beginning.length));
}
