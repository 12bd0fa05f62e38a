import type { Scope } from '@consent-hub/psd2-protocol';
import type { EndpointVersion } from '../books/contract.js';
import type { IssuedPair } from '../books/token-book.js';
import type { EndpointVersions } from '../machine-api/endpoint.js';

/** The answer of POST /token (bank page "reference": token; RFC 6749 section 5.1). */
export interface TokenBody {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number | string;
  readonly refresh_token: string;
  readonly scope: Scope;
  readonly logical_id?: string;
  readonly iban?: string;
  readonly sca_token?: string;
}

export interface TokenVersion extends EndpointVersion {
  toBody(pair: IssuedPair): TokenBody;
}

const common = (pair: IssuedPair) => ({
  access_token: pair.accessToken.reveal(),
  token_type: 'Bearer' as const,
  refresh_token: pair.refreshToken.reveal(),
  scope: pair.scope,
  ...(pair.scaToken && { sca_token: pair.scaToken.reveal() }),
});

/** The versions of POST /token that live: AIS uses the newest only, which CAF cannot use (bank page "Flows"). */
export const TOKEN_VERSIONS: EndpointVersions<TokenVersion> = {
  '2': {
    today: ['CAF'],
    before: ['AIS'],
    errors: 'unprefixed',
    // `expires_in` was recorded from the bank as a string in the older versions.
    toBody: (pair) => ({
      ...common(pair),
      expires_in: String(pair.expiresInSeconds),
      logical_id: pair.logicalId,
      iban: pair.iban,
    }),
  },
  '3': {
    today: ['AIS'],
    errors: 'current',
    // Assumed, the bank's page is silent: the fields of version 2 without the account, and a number.
    toBody: (pair) => ({ ...common(pair), expires_in: pair.expiresInSeconds }),
  },
};
