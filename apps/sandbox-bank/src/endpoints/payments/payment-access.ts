import { HEADER, type Language } from '@consent-hub/psd2-protocol';
import type { TokenRepository } from '../../model/consents/token.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { acceptedLanguages } from '../../machine-api/accept-language.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';

/**
 * What the access token of a call opens, where it may come without one: null then. One that is sent must be good. Either
 * way the caller must be a payment initiator.
 */
export async function optionalAccessOf(call: MachineCall, tokens: TokenRepository): Promise<AccessGrant | null> {
  if (call.request.optionalHeader(HEADER.authorization) !== undefined) return accessOf(call, tokens);
  call.permittedScopes(call.scopes);
  return null;
}

/**
 * The language of a call on payments, where it is mandatory (bank page "reference": payments). One of which the bank has no
 * screens counts as none at all elsewhere; here one of the bank's own takes its place (assumed).
 */
export function readLanguage({ request }: MachineCall): Language {
  const [language = 'fr'] = acceptedLanguages(request.header(HEADER.acceptLanguage));
  return language;
}
