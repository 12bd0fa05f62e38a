import type { ProblemKind } from '@consent-hub/platform';

export const VAULT_KEY_NOT_FOUND: ProblemKind = {
  status: 404,
  code: 'vault_key_not_found',
  detail: 'The vault has no such key.',
};

export const VAULT_KEY_SEALS: ProblemKind = {
  status: 409,
  code: 'vault_key_seals',
  detail: 'The key seals values, or is about to. Rotate it first.',
};

export const VAULT_KEY_IN_USE: ProblemKind = {
  status: 409,
  code: 'vault_key_in_use',
  detail: 'What "uses" counts still needs the key.',
};

export const NO_DATA_KEY: ProblemKind = {
  status: 409,
  code: 'no_data_key',
  detail: 'No data key is current, so there is none to seal values anew with. Rotate first.',
};

export const VAULT_KEK_UNAVAILABLE: ProblemKind = {
  status: 503,
  code: 'vault_kek_unavailable',
  detail: 'The key-encryption key cannot be used now, so no data key was made.',
};
