import { Secret } from '@consent-hub/psd2-protocol';
import type { GrantedTokens } from './bank-client.js';
import { BankError } from './bank-error.js';
import { normalizeIban } from './iban.js';
import { isRecord, isText, parseJson } from './json.js';

/**
 * Assumed when the bank leaves `expires_in` out or sends something that is no length of time: the shortest life that it
 * is known to have granted. Too short costs a refresh, too long a refused call.
 */
const UNSAID_LIFE_SECONDS = 900;
const YEAR_SECONDS = 365 * 86_400;

/**
 * Reads the body of a success of POST /token: strict about the pair, tolerant about the rest. `expires_in` was seen as a
 * number and as a string; `token_type` and `scope` say nothing that we did not ask for.
 *
 * @throws BankError `unreadable_answer`
 */
export function readTokenAnswer(body: Secret): GrantedTokens {
  const json = parseJson(body.reveal());
  if (!isRecord(json)) throw new BankError('unreadable_answer');
  const { access_token: accessToken, refresh_token: refreshToken } = json;
  if (!isText(accessToken) || !isText(refreshToken)) throw new BankError('unreadable_answer');
  const { logical_id: logicalId, iban, sca_token: scaToken } = json;
  return {
    accessToken: new Secret(accessToken),
    refreshToken: new Secret(refreshToken),
    expiresInSeconds: lifeOf(json['expires_in']),
    ...(isText(logicalId) ? { logicalId } : {}),
    ...(isText(iban) ? { iban: normalizeIban(iban) } : {}),
    ...(isText(scaToken) ? { scaToken: new Secret(scaToken) } : {}),
  };
}

function lifeOf(value: unknown): number {
  const seconds = Math.floor(typeof value === 'number' || isText(value) ? Number(value) : NaN);
  return seconds >= 1 && seconds <= YEAR_SECONDS ? seconds : UNSAID_LIFE_SECONDS;
}
