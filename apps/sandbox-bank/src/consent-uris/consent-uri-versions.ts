import type { EndpointVersion } from '../books/contract.js';
import type { EndpointVersions } from '../machine-api/endpoint.js';

export interface ConsentUriVersion extends EndpointVersion {
  /** Whether the TPP names the account, or the PSU chooses on the bank's screen. */
  readonly iban: 'required' | 'refused';
}

/** The versions of GET /consent-uris that live: AIS uses the newest only, which CAF cannot use (bank page "Flows"). */
export const CONSENT_URI_VERSIONS: EndpointVersions<ConsentUriVersion> = {
  '3': { today: ['CAF'], before: ['AIS'], errors: 'unprefixed', iban: 'required' },
  '4': { today: ['AIS'], errors: 'current', iban: 'refused' },
};
