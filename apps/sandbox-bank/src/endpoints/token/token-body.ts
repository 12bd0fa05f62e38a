import type { Scope } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../../model/settings/assumptions.js';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import type { TokenVersion } from './token-versions.js';

/** The answer of POST /token (bank page "reference": token; RFC 6749 section 5.1). */
export interface TokenBody {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number | string;
  readonly refresh_token: string;
  readonly scope?: Scope;
  readonly logical_id?: string;
  readonly iban?: string;
  readonly sca_token?: string;
}

/** The pair as a version of POST /token shows it, its fields in the order that was recorded from the bank. */
export function tokenBody(version: TokenVersion, pair: IssuedPair, assumptions: Assumptions): TokenBody {
  const { scope, expiresInSeconds, logicalId, iban, scaToken } = pair;
  return {
    access_token: pair.accessToken.reveal(),
    token_type: 'Bearer',
    expires_in: version.expiresIn(assumptions) === 'string' ? String(expiresInSeconds) : expiresInSeconds,
    refresh_token: pair.refreshToken.reveal(),
    ...(version.scope(assumptions) === 'present' && { scope }),
    ...(version.account === 'named' && scope !== 'PIS' && { logical_id: logicalId, iban }),
    ...(version.scaToken === 'given' && scaToken && { sca_token: scaToken.reveal() }),
  };
}
