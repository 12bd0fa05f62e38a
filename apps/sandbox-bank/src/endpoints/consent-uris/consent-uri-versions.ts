import { BANK_ERROR, HEADER, type Language, type Scope } from '@consent-hub/psd2-protocol';
import { acceptedLanguages } from '../../machine-api/accept-language.js';
import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import { isElectronicIban, type MachineRequest } from '../../machine-api/machine.request.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { readCodeChallenge, type CodeChallenge } from '../../machine-api/pkce.js';
import { readRedirectUri } from '../../machine-api/redirect-uri.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import type { Assumptions } from '../../model/settings/assumptions.js';

export interface ConsentUriVersion extends EndpointVersion {
  /** The party that names the account: the TPP in its request, or the PSU, who chooses on the bank's screen. */
  readonly account: 'named_by_tpp' | 'chosen_by_psu';
  /** The scope of a call that names none; without it, the scope is mandatory. */
  readonly impliedScope?: Scope;
}

const OLDER = { today: ['CAF'], before: ['AIS'], account: 'named_by_tpp' } as const;

/**
 * The versions of GET /consent-uris. AIS uses the newest only, which CAF cannot use (bank page "Flows"); the first is older
 * than the parameter `scope`.
 */
export const CONSENT_URI_VERSIONS: EndpointVersions<ConsentUriVersion> = {
  '1': { ...OLDER, today: [], errors: 'numeric', impliedScope: 'AIS', answersWithoutScope: true },
  '2': { ...OLDER, errors: 'numeric' },
  '3': { ...OLDER, errors: 'unprefixed' },
  '4': { today: ['AIS'], errors: 'current', account: 'chosen_by_psu' },
};

export interface ConsentUriRequest extends CodeChallenge {
  readonly scope: Scope;
  readonly iban: string | null;
  readonly redirectUri: string;
  readonly languages: readonly Language[];
}

/** Reads a call of GET /consent-uris. Its inputs are well formed then; whether the account can be used is checked later. */
export function readConsentUriRequest(call: MachineCall, assumptions: Assumptions): ConsentUriRequest {
  const { request } = call;
  const version = call.versionOf(CONSENT_URI_VERSIONS);
  const redirectUri = readRedirectUri(call, assumptions);
  const challenge = readCodeChallenge(request, assumptions);
  const scope = readScope(call, version);
  call.permittedScopes([scope]);
  return {
    scope,
    iban: version.account === 'named_by_tpp' ? readIban(request, scope) : leftOut(request, assumptions),
    redirectUri,
    ...challenge,
    languages: acceptedLanguages(request.optionalHeader(HEADER.acceptLanguage)),
  };
}

/** A scope that only another version serves is refused like an unknown one (assumed: the bank's page is silent). */
function readScope({ request, scopes }: MachineCall, version: ConsentUriVersion): Scope {
  const input = 'scope';
  const wanted = request.optionalQuery(input) ?? version.impliedScope ?? request.query(input);
  const scope = scopes.find((each) => each === wanted);
  if (!scope) throw new Refusal(BANK_ERROR.invalidInput, { input });
  return scope;
}

/** Lower case is tolerated (assumed). */
function readIban(request: MachineRequest, scope: Scope): string {
  const input = 'iban';
  const iban = request.query(input).toUpperCase();
  if (!isElectronicIban(iban)) throw new Refusal(BANK_ERROR.invalidInput, { input, scope });
  return iban;
}

/** Assumed to be refused: the bank's FAQ says that it cannot be given where the PSU chooses. */
function leftOut(request: MachineRequest, assumptions: Assumptions): null {
  const input = 'iban';
  if (assumptions.iban_at_v4 === 'refused' && request.optionalQuery(input) !== undefined)
    throw new Refusal(BANK_ERROR.invalidInput, { input });
  return null;
}
