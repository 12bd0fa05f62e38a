import type { Secret } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../settings/assumptions.js';

/** The parameters of the PSU's return to the TPP (RFC 6749 sections 4.1.2 and 4.1.2.1). */
export interface CallbackParameters {
  readonly code?: Secret;
  /** The new SCA token of an authentication for a live consent. */
  readonly scaToken?: Secret;
  readonly error?: string;
  readonly errorDescription?: string;
  /** The TPP's own, unchanged; absent where the link had none. */
  readonly state?: string | undefined;
}

/** The parameters of a return without approval. Assumed: the bank's pages speak of "an error" only. */
export function callbackError(
  outcome: 'refused' | 'failed',
  assumptions: Pick<Assumptions, 'technical_failure' | 'error_description'>,
): CallbackParameters {
  const [error, errorDescription] =
    outcome === 'refused'
      ? ['access_denied', 'The customer refused the request']
      : [assumptions.technical_failure, 'The request could not be completed'];
  return assumptions.error_description === 'present' ? { error, errorDescription } : { error };
}

/**
 * The address to which the PSU returns. The query of the redirect URI stays as it is written, and the new parameters follow
 * (RFC 6749 section 3.1.2), unless the bank is set up to drop it.
 */
export function callbackUri(
  redirectUri: string,
  parameters: CallbackParameters,
  query: Assumptions['redirect_query'] = 'kept',
): string {
  const pairs: [string, string | undefined][] = [
    ['code', parameters.code?.reveal()],
    ['sca_token', parameters.scaToken?.reveal()],
    ['error', parameters.error],
    ['error_description', parameters.errorDescription],
    ['state', parameters.state],
  ];
  const added = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const base = query === 'kept' ? redirectUri : redirectUri.replace(/\?.*$/, '');
  return added.reduce((uri, pair) => uri + joint(uri) + pair, base);
}

function joint(uri: string): string {
  if (!uri.includes('?')) return '?';
  return /[?&]$/.test(uri) ? '' : '&';
}
