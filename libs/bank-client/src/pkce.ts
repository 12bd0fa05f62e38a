import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';
import type { Pkce } from './bank-client.js';

/** RFC 7636 section 4.1 recommends 32 random bytes: 43 characters in base64url. */
const VERIFIER_BYTES = 32;

/** A fresh verifier and its S256 challenge (RFC 7636 section 4.2). */
export function createPkce(): Pkce {
  const verifier = randomBytes(VERIFIER_BYTES).toString('base64url');
  const challenge = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  return { verifier: new Secret(verifier), challenge, method: 'S256' };
}
