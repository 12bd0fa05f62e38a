/**
 * - `invalid_name`: not 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen
 * - `name_taken`: another client has it; that of a revoked client is free
 * - `unknown_client`: there is none of that name, or none that is not revoked
 * - `unknown_key`: the client has no key of that id
 * - `newer_key`: a key was made after the one that was thought to be the newest
 */
export type ApiClientErrorCode =
  'invalid_name' | 'name_taken' | 'unknown_client' | 'unknown_key' | 'newer_key';

/** Why an API client could not be made, limited, given another key or revoked. */
export class ApiClientError extends Error {
  constructor(
    readonly code: ApiClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiClientError';
  }
}
