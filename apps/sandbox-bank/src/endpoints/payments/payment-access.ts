import { HEADER, type Language } from '@consent-hub/psd2-protocol';
import type { TokenRepository } from '../../model/consents/token.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { acceptedLanguages } from '../../machine-api/accept-language.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';

/**
 * The access of a call's access token; null for a call without a token, which is allowed here. A token that is sent must be
 * valid. In both cases the caller must be a payment initiator.
 */
export async function optionalAccessOf(
  call: MachineCall,
  tokens: TokenRepository,
): Promise<AccessGrant | null> {
  if (call.request.optionalHeader(HEADER.authorization) !== undefined) return accessOf(call, tokens);
  call.permittedScopes(call.scopes);
  return null;
}

/**
 * The language of a call on payments, where it is mandatory (bank page "reference": payments). Assumed: a language without
 * screens of the bank is replaced by one of the bank's.
 */
export function readLanguage({ request }: MachineCall): Language {
  const [language = 'fr'] = acceptedLanguages(request.header(HEADER.acceptLanguage));
  return language;
}
