import { HEADER, LANGUAGES, type Language } from '@consent-hub/psd2-protocol';
import type { BankSettings } from '../model/settings/bank.settings.js';
import type { EndpointVersion } from './endpoint.js';
import type { MachineRequest } from './machine.request.js';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';

/**
 * A known language selects the links in that language; no language, or an invalid one, selects all. The bank's page
 * "reference" wants an ISO 639-1 code and treats anything else as absent: also `en`, for which the bank has no screens, and
 * `fr-BE` or `nl,fr;q=0.5`, which are no such codes. A TPP that passes on the header of its PSU's browser gets every link
 * then, and has to choose.
 */
export function acceptedLanguages(acceptLanguage: string | undefined): readonly Language[] {
  // RFC 5646 section 2.1.1: the case of a language tag has no meaning.
  const wanted = acceptLanguage?.trim().toLowerCase();
  const known = LANGUAGES.filter((language) => language === wanted);
  return known.length > 0 ? known : LANGUAGES;
}

/**
 * Older captures of the bank's pages on accounts and funds require a language of the bank, and so do the versions of that
 * time; newer captures do not.
 */
export function checkLanguage(
  request: MachineRequest,
  { today }: EndpointVersion,
  { assumptions }: BankSettings,
): void {
  if (today.length > 0 && assumptions.accept_language === 'tolerated') return;
  const input = HEADER.acceptLanguage;
  if (acceptedLanguages(request.optionalHeader(input)).length > 1)
    throw new Refusal(SANDBOX_ERROR.unacceptableLanguage, { input });
}
