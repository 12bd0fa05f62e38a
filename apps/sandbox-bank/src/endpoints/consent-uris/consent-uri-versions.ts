import type { Scope } from '@consent-hub/psd2-protocol';
import type { EndpointVersion } from '../../model/settings/contract.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';

export interface ConsentUriVersion extends EndpointVersion {
  /** Who names the account: the TPP in its request, or the PSU, who chooses on the bank's screen. */
  readonly account: 'named_by_tpp' | 'chosen_by_psu';
  /** What a call means that names no scope; without one it must. */
  readonly impliedScope?: Scope;
}

const OLDER = { today: ['CAF'], before: ['AIS'], account: 'named_by_tpp' } as const;

/**
 * The versions of GET /consent-uris. AIS uses the newest only, which CAF cannot use (bank page "Flows"); the first was
 * made before there was a scope to name.
 */
export const CONSENT_URI_VERSIONS: EndpointVersions<ConsentUriVersion> = {
  '1': { ...OLDER, today: [], errors: 'numeric', impliedScope: 'AIS', answersWithoutScope: true },
  '2': { ...OLDER, errors: 'numeric' },
  '3': { ...OLDER, errors: 'unprefixed' },
  '4': { today: ['AIS'], errors: 'current', account: 'chosen_by_psu' },
};
