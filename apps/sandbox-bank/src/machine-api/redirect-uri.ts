import { BANK_ERROR, HEADER } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../model/settings/assumptions.js';
import { isRedirectUri } from '../model/tpps/tpp.repository.js';
import type { MachineCall } from './machine-call.context.js';
import { Refusal } from './refusal.error.js';

/** The address to which the PSU returns. */
export const readRedirectUri = (call: MachineCall, assumptions: Assumptions): string =>
  checked(call, call.request.header(HEADER.redirectUri), assumptions);

/** The redirect URI of the call, or else the first that the TPP registered (assumed: the bank's page is silent). */
export function redirectUriOf(call: MachineCall, assumptions: Assumptions): string {
  const redirectUri = call.request.optionalHeader(HEADER.redirectUri) ?? call.tpp.redirectUris[0];
  if (redirectUri === undefined) throw new Refusal(BANK_ERROR.securityParameters);
  return checked(call, redirectUri, assumptions);
}

/**
 * Assumed, the bank's page is silent: only redirect URIs that the TPP registered are accepted (RFC 6749 section 3.1.2.3),
 * and they are compared as text.
 */
function checked({ tpp }: MachineCall, redirectUri: string, assumptions: Assumptions): string {
  if (!isRedirectUri(redirectUri)) throw new Refusal(BANK_ERROR.invalidHeader, { input: HEADER.redirectUri });
  if (assumptions.redirect_uri === 'registered' && !tpp.redirectUris.includes(redirectUri))
    throw new Refusal(BANK_ERROR.securityParameters);
  return redirectUri;
}
