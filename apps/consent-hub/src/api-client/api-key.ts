import { hash, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

/** 32 random bytes in base64url behind a prefix by which secret scanners can know it. */
const API_KEY = /^ch_[A-Za-z0-9_-]{43}$/;

export const newApiKey = (): Secret => new Secret(`ch_${randomBytes(32).toString('base64url')}`);

/** By what people tell keys apart: 36 of the random bits, which leave 220 that cannot be guessed. */
export const prefixOfApiKey = (key: Secret): string => key.reveal().slice(0, 9);

/**
 * What is stored of a key, and looked up. A plain hash is enough: 256 random bits cannot be guessed, so there is nothing
 * for a slow hash to slow down. Looking up by hash also leaves nothing to time: who does not hold the key cannot steer
 * the hash that the index compares.
 */
export const hashApiKey = (key: Secret): Buffer => hash('sha256', key.reveal(), 'buffer');

/** The key of an `Authorization: Bearer` header (RFC 6750, section 2.1), or undefined when it cannot be one. */
export function apiKeyOf(authorization: string): Secret | undefined {
  const [scheme, key, ...rest] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || key === undefined || rest.length > 0) return undefined;
  return API_KEY.test(key) ? new Secret(key) : undefined;
}
