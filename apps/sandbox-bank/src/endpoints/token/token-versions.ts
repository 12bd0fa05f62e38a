import type { Scope } from '@consent-hub/psd2-protocol';
import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import type { IssuedPair } from '../../model/consents/token-pair.js';
import type { Assumptions } from '../../model/settings/assumptions.js';

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

export interface TokenVersion extends EndpointVersion {
  /** Whether its answer names the account of the consent; never one of PIS, which has none. */
  readonly account: 'named' | 'left_out';
  /** Whether a code of AIS brings an SCA token. */
  readonly scaToken: 'given' | 'left_out';
  readonly expiresIn: (assumptions: Assumptions) => 'number' | 'string';
  readonly scope: (assumptions: Assumptions) => 'present' | 'absent';
}

const OLDER = {
  today: ['CAF', 'PIS'],
  before: ['AIS'],
  account: 'named',
  expiresIn: (assumptions) => assumptions.token_v2_expires_in,
  scope: () => 'present',
} as const satisfies Partial<TokenVersion>;

/**
 * The versions of POST /token: AIS uses the newest only, which CAF cannot use (bank page "Flows"). That every version
 * serves PIS is assumed.
 */
export const TOKEN_VERSIONS: EndpointVersions<TokenVersion> = {
  '1': { ...OLDER, errors: 'numeric', scaToken: 'left_out' },
  // The SCA token was recorded in this version from July 2021 on.
  '1.1': { ...OLDER, errors: 'numeric', scaToken: 'given' },
  '2': { ...OLDER, errors: 'unprefixed', scaToken: 'given' },
  '3': {
    today: ['AIS', 'PIS'],
    errors: 'current',
    account: 'left_out',
    scaToken: 'given',
    expiresIn: (assumptions) => assumptions.token_v3_expires_in,
    scope: (assumptions) => assumptions.token_v3_scope,
  },
};
