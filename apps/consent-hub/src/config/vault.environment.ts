import { KeyRing, VaultError } from '@consent-hub/token-vault';
import { ValidateBy } from 'class-validator';

const faultOf = (keys: unknown): string | undefined => {
  if (typeof keys !== 'string') return 'it is not set';
  try {
    KeyRing.parse(keys);
    return undefined;
  } catch (error) {
    if (error instanceof VaultError) return error.message;
    throw error;
  }
};

/** The keys that seal tokens: `id:base64key`, several of them with commas, the current one first. */
export class VaultEnvironment {
  @ValidateBy({
    name: 'keyRing',
    validator: {
      validate: (keys) => faultOf(keys) === undefined,
      defaultMessage: (given) => `$property must be id:base64key,...: ${faultOf(given?.value)}`,
    },
  })
  HUB_VAULT_KEYS: string;
}
