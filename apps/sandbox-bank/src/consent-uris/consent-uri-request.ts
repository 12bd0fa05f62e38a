import { BANK_ERROR, HEADER, type Language, type Scope } from '@consent-hub/psd2-protocol';
import { isIBAN } from 'class-validator';
import { isRedirectUri } from '../books/redirect-uri.js';
import type { MachineCall } from '../machine-api/machine-call.js';
import type { MachineRequest } from '../machine-api/machine-request.js';
import { Refusal } from '../machine-api/refusal.js';
import { acceptedLanguages } from './accept-language.js';
import { CONSENT_URI_VERSIONS, type ConsentUriVersion } from './consent-uri-versions.js';

export interface ConsentUriRequest {
  readonly scope: Scope;
  readonly iban: string | null;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly languages: readonly Language[];
}

/** Assumed: `plain` is refused, since it protects nothing once the challenge is seen (RFC 7636 section 7.2). */
const METHOD = /^S256$/;
/** RFC 7636 section 4.2: a SHA-256 in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/;

/** Reads a call of GET /consent-uris: its inputs are well formed then, and not yet known to be good. */
export function readConsentUriRequest(call: MachineCall): ConsentUriRequest {
  const { request } = call;
  const version = call.versionOf(CONSENT_URI_VERSIONS);
  const redirectUri = readRedirectUri(request);
  request.header(HEADER.codeChallengeMethod, METHOD);
  const codeChallenge = request.header(HEADER.codeChallenge, CHALLENGE);
  const scope = readScope(call);
  call.permittedScopes([scope]);
  return {
    scope,
    iban: readIban(request, version),
    redirectUri,
    codeChallenge,
    languages: acceptedLanguages(request.optionalHeader(HEADER.acceptLanguage)),
  };
}

function readRedirectUri(request: MachineRequest): string {
  const redirectUri = request.header(HEADER.redirectUri);
  if (!isRedirectUri(redirectUri)) throw new Refusal(BANK_ERROR.invalidHeader);
  return redirectUri;
}

/** A scope that another version serves is refused like one that does not exist (assumed: the bank's page is silent). */
function readScope({ request, scopes }: MachineCall): Scope {
  const wanted = request.query('scope');
  const scope = scopes.find((each) => each === wanted);
  if (!scope) throw new Refusal(BANK_ERROR.invalidInput);
  return scope;
}

/** Refused where the PSU chooses: the bank's FAQ says that it cannot be given. In lower case it is tolerated (assumed). */
function readIban(request: MachineRequest, version: ConsentUriVersion): string | null {
  if (version.iban === 'refused') {
    if (request.optionalQuery('iban') !== undefined) throw new Refusal(BANK_ERROR.invalidInput);
    return null;
  }
  const iban = request.query('iban').toUpperCase();
  if (!IBAN.test(iban) || !isIBAN(iban)) throw new Refusal(BANK_ERROR.invalidInput);
  return iban;
}
