export { KeyRing } from './key-ring.js';
export { readScaState, scaTokenBinding, writeScaState, type ScaState } from './sca-state.js';
export { TokenVault, type SecretBinding, type SecretPurpose } from './token-vault.js';
export { VaultError } from './vault-error.js';
