import { Secret } from '@consent-hub/psd2-protocol';
import type { SecretBinding, TokenVault } from './token-vault.js';
import { VaultError } from './vault-error.js';

/** State of a later authentication of the PSU: for which consent it is, and until when it may end. */
export interface ScaState {
  readonly consentId: string;
  readonly expiresAt: Date;
}

const STATE = /^([0-9a-f-]{36})\.([\w-]{1,1024})$/;

const bindingOf = (consentId: string): SecretBinding => ({ consentId, purpose: 'sca_state', generation: 0 });

/**
 * An SCA token outlives refreshes, and a later one replaces it, so it is bound to the first generation, independent of the
 * generation of the pair in the same row.
 */
export const scaTokenBinding = (consentId: string): SecretBinding => ({
  consentId,
  purpose: 'sca_token',
  generation: 1,
});

/**
 * Writes a `state` that contains its own purpose, so that nothing needs to be stored for a PSU who may never return. Only
 * a process with a key of the vault can write one.
 */
export function writeScaState(vault: TokenVault, { consentId, expiresAt }: ScaState): Secret {
  const sealed = vault.seal(new Secret(String(expiresAt.getTime())), bindingOf(consentId));
  return new Secret(`${consentId}.${sealed.toString('base64url')}`);
}

/** @returns null for any text that `writeScaState` has not written with a key of this vault */
export function readScaState(vault: TokenVault, state: Secret): ScaState | null {
  const [, consentId, sealed] = STATE.exec(state.reveal()) ?? [];
  if (consentId === undefined || sealed === undefined) return null;
  try {
    const written = vault.open(Buffer.from(sealed, 'base64url'), bindingOf(consentId));
    return { consentId, expiresAt: new Date(Number(written.reveal())) };
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}
