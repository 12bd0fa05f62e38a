import type { Assumptions } from '../../model/settings/assumptions.js';
import type { EndpointVersion } from '../../model/settings/contract.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';

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
