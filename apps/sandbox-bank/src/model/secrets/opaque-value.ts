import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const RANDOM_BYTES = 32;
/** The answer that was recorded from the bank leaves about 550 characters to the token of its link. */
const APP_TOKEN_BYTES = 412;

const random = (bytes: number): Secret => new Secret(randomBytes(bytes).toString('base64url'));

/** A token or code of the bank: 256 random bits in base64url, which means nothing to whoever holds it. */
export const newOpaqueValue = (): Secret => random(RANDOM_BYTES);

/** What the bank puts into a link as `apptoken`: as opaque, and as long as the bank's. */
export const newAppToken = (): Secret => random(APP_TOKEN_BYTES);

/** What a compact JWE of 154 characters has behind its header and its empty second part (RFC 7516 section 7.1). */
const JWE_PARTS_BYTES = [16, 32, 16];
const JWE_HEADER = JSON.stringify({ typ: 'JWT', alg: 'dir', enc: 'A128CBC-HS256' });

/** As opaque as any, in the shape of a JWE: a wrong one is refused as "Invalid JWT" (bank page "error codes"). */
export const newScaToken = (): Secret =>
  new Secret(
    [
      Buffer.from(JWE_HEADER).toString('base64url'),
      '',
      ...JWE_PARTS_BYTES.map((bytes) => random(bytes).reveal()),
    ].join('.'),
  );

/** SHA-256 of a value that the bank issued or knows: all that it keeps of it. 256 random bits need no slow hash. */
export const hashOf = (value: Secret): Buffer => createHash('sha256').update(value.reveal()).digest();
