import type { Secret } from '@consent-hub/psd2-protocol';

/** What the PSU's browser carries back to the TPP (RFC 6749 sections 4.1.2 and 4.1.2.1). */
export interface CallbackParameters {
  readonly code?: Secret;
  readonly error?: string;
  readonly errorDescription?: string;
  /** The TPP's own; it returns as it came, and nothing returns where none came. */
  readonly state?: string | undefined;
}

/** How a return without a code says why. Assumed: the bank's pages speak of "an error" only. */
export const CALLBACK_ERROR = {
  refused: { error: 'access_denied', errorDescription: 'The customer refused the request' },
  failed: { error: 'server_error', errorDescription: 'The request could not be completed' },
} as const satisfies Record<string, CallbackParameters>;

/**
 * Where the PSU goes when the bank is done. A redirect URI that has a query keeps its pairs as they are written, and the
 * new ones follow (RFC 6749 section 3.1.2).
 */
export function callbackUri(redirectUri: string, parameters: CallbackParameters): string {
  const pairs: [string, string | undefined][] = [
    ['code', parameters.code?.reveal()],
    ['error', parameters.error],
    ['error_description', parameters.errorDescription],
    ['state', parameters.state],
  ];
  const added = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return added.reduce((uri, pair) => uri + joint(uri) + pair, redirectUri);
}

function joint(uri: string): string {
  if (!uri.includes('?')) return '?';
  return /[?&]$/.test(uri) ? '' : '&';
}
