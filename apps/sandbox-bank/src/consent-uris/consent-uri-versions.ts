import type { EndpointVersion } from '../books/contract.js';
import type { EndpointVersions } from '../machine-api/endpoint.js';

export interface ConsentUriVersion extends EndpointVersion {
  /** Who names the account: the TPP in its request, or the PSU, who chooses on the bank's screen. */
  readonly account: 'named_by_tpp' | 'chosen_by_psu';
  /** Whether the TPP may leave out the scope of a version that knows one only. */
  readonly scope: 'required' | 'optional';
}

/**
 * The versions of GET /consent-uris. AIS uses the newest only, which CAF cannot use (bank page "Flows"); the first was made
 * before there was CAF.
 */
export const CONSENT_URI_VERSIONS: EndpointVersions<ConsentUriVersion> = {
  '1': { today: [], before: ['AIS'], errors: 'numeric', account: 'named_by_tpp', scope: 'optional' },
  '2': { today: ['CAF'], before: ['AIS'], errors: 'numeric', account: 'named_by_tpp', scope: 'required' },
  '3': { today: ['CAF'], before: ['AIS'], errors: 'unprefixed', account: 'named_by_tpp', scope: 'required' },
  '4': { today: ['AIS'], errors: 'current', account: 'chosen_by_psu', scope: 'required' },
};
