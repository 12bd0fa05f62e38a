import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const RANDOM_BYTES = 32;

/** A token, code or link of the bank: 256 random bits in base64url, which means nothing to whoever holds it. */
export const newOpaqueValue = (): Secret => new Secret(randomBytes(RANDOM_BYTES).toString('base64url'));

/** SHA-256 of a value that the bank issued or knows: all that it keeps of it. 256 random bits need no slow hash. */
export const hashOf = (value: Secret): Buffer => createHash('sha256').update(value.reveal()).digest();
