import { createHash } from 'node:crypto';
import type { Secret } from '@consent-hub/psd2-protocol';

/** What is stored of the `state` that travels with the PSU, and looked up when it comes back. It carries 256 random bits. */
export const hashOfCallbackState = (state: Secret): Buffer =>
  createHash('sha256').update(state.reveal()).digest();
