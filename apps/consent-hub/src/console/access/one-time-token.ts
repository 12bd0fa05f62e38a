import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits. */
export const newToken = (): Secret => new Secret(randomBytes(32).toString('base64url'));

/** What was sent, where it can be a token. */
export const toToken = (text: string | undefined): Secret | null =>
  text !== undefined && TOKEN.test(text) ? new Secret(text) : null;

/** What is stored of a token, and looked up. */
export const hashOfToken = (token: Secret): Buffer => hash('sha256', token.reveal(), 'buffer');

/** The value that every form of a session carries. It follows from the cookie, which no page of another site can read. */
export const csrfTokenOf = (session: Secret): string =>
  hash('sha256', `console-form\n${session.reveal()}`, 'base64url');

export function isCsrfTokenOf(session: Secret, given: unknown): boolean {
  const expected = Buffer.from(csrfTokenOf(session));
  const sent = Buffer.from(typeof given === 'string' ? given : '');
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
