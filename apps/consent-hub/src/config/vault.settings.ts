import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, VaultError } from '@consent-hub/token-vault';
import { SecretVariable } from './validators.js';

function faultOf(keys: unknown): string | undefined {
  if (typeof keys !== 'string') return 'must be id:base64key,...: it is not set';
  try {
    KeyRing.parse(keys);
    return undefined;
  } catch (error) {
    if (error instanceof VaultError) return `must be id:base64key,...: ${error.message}`;
    throw error;
  }
}

/** The keys that seal tokens: `id:base64key`, several of them with commas, the current one first. */
export class VaultSettings {
  @SecretVariable(faultOf)
  HUB_VAULT_KEYS: Secret;

  get keyRing(): KeyRing {
    return KeyRing.parse(this.HUB_VAULT_KEYS.reveal());
  }
}
