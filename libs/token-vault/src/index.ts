export { headOf, keyIdOf } from './envelope.js';
export {
  VAULT_KEY_STATES,
  VaultKeyRepository,
  type Also,
  type VaultKeyRow,
  type VaultKeyState,
} from './data-keys/vault-key.repository.js';
export {
  VaultKeyAdministration,
  type KeyUses,
  type ListedKey,
  type VaultKeyList,
} from './data-keys/vault-key-administration.js';
export { VaultKeys } from './data-keys/vault-keys.js';
export { AwsKmsKeyEncryption } from './key-encryption/aws-kms.js';
export { KEY_ENCRYPTIONS, KeyEncryption, type KeyEncryptionName } from './key-encryption/key-encryption.js';
export { LocalKeyEncryption } from './key-encryption/local.js';
export { Pkcs11KeyEncryption } from './key-encryption/pkcs11.js';
export { VaultTransitKeyEncryption, type VaultTransitSettings } from './key-encryption/vault-transit.js';
export { KeyRing } from './key-ring.js';
export { readScaState, scaTokenBinding, writeScaState, type ScaState } from './sca-state.js';
export { TokenVault, type SecretBinding, type SecretPurpose } from './token-vault.js';
export { VaultError } from './vault-error.js';
