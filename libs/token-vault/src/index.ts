export { KeyRing } from './key-ring.js';
export { TokenVault, type SecretBinding, type SecretPurpose } from './token-vault.js';
export { VaultError } from './vault-error.js';
