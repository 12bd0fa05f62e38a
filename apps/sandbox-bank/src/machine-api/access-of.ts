import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { TokenRepository } from '../model/consents/token.repository.js';
import type { AccessGrant } from '../model/consents/token-pair.js';
import type { MachineCall } from './machine-call.context.js';
import { Refusal } from './refusal.error.js';

/** What the access token of a call opens, if it is of a scope that the chosen version serves (bank page "error codes"). */
export async function accessOf(call: MachineCall, tokens: TokenRepository): Promise<AccessGrant> {
  const scopes = call.permittedScopes(call.scopes);
  const [scope] = scopes;
  const accessToken = call.accessToken();
  const access = accessToken && (await tokens.findAccess(call.tpp.id, accessToken));
  if (access === 'withdrawn') throw new Refusal(BANK_ERROR.noActiveConsent, scope && { scope });
  if (!access || !scopes.includes(access.scope)) throw new Refusal(BANK_ERROR.invalidAccessToken);
  return access;
}
