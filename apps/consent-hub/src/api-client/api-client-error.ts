/**
 * - `invalid_name`: not 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen
 * - `name_taken`: another client has it, be it a revoked one: a name in an old log line must go on meaning one client
 * - `unknown_client`: there is none of that name
 */
export type ApiClientErrorCode = 'invalid_name' | 'name_taken' | 'unknown_client';

/** Why an API client could not be made, limited or revoked. */
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
