import type { Scope } from '@consent-hub/psd2-protocol';

export interface ConsentUriVersion {
  readonly scopes: readonly Scope[];
  /** Whether the TPP names the account, or the PSU chooses on the bank's screen. */
  readonly iban: 'required' | 'refused';
}

/** The versions of GET /consent-uris that live: AIS uses the newest only, which CAF cannot use (bank page "Flows"). */
export const CONSENT_URI_VERSIONS: Readonly<Record<string, ConsentUriVersion>> = {
  '3': { scopes: ['CAF'], iban: 'required' },
  '4': { scopes: ['AIS'], iban: 'refused' },
};
