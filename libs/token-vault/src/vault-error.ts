/**
 * Why a value stays sealed, or a key ring cannot be used:
 *
 * - `unknown_key`: sealed with a key that is not in the ring (any more)
 * - `not_opened`: changed since it was sealed, or sealed for another consent, purpose or generation
 * - `malformed`: no envelope of this library; or, for a key ring, text that is not one
 */
export type VaultErrorCode = 'unknown_key' | 'not_opened' | 'malformed';

/** Every failure of libs/token-vault. It holds key ids at most: neither keys nor values, sealed or open. */
export class VaultError extends Error {
  constructor(
    readonly code: VaultErrorCode,
    message: string,
    readonly context: { readonly keyId?: string } = {},
  ) {
    super(message);
    this.name = 'VaultError';
  }
}
