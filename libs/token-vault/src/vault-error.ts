/**
 * Why a value stays sealed, or a key cannot be used:
 *
 * - `unknown_key`: sealed with a key that this process does not have (any more)
 * - `not_opened`: changed since it was sealed, or sealed for another consent, purpose or generation
 * - `malformed`: no envelope of this library; or, for a key ring, text that is not one
 * - `kek_unavailable`: what holds the key-encryption key could not be asked, or refused
 * - `not_unwrapped`: a data key that was changed since it was wrapped, or wrapped under another id or key-encryption key
 */
export type VaultErrorCode = 'unknown_key' | 'not_opened' | 'malformed' | 'kek_unavailable' | 'not_unwrapped';

/** Every failure of libs/token-vault. It holds key ids at most: neither keys nor values, sealed or open. */
export class VaultError extends Error {
  constructor(
    readonly code: VaultErrorCode,
    message: string,
    readonly context: { readonly keyId?: string } = {},
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'VaultError';
  }
}
