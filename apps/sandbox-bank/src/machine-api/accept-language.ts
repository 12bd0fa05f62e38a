import { HEADER, LANGUAGES, type Language } from '@consent-hub/psd2-protocol';
import type { BankSettings } from '../model/settings/bank.settings.js';
import type { EndpointVersion } from './endpoint.js';
import type { MachineRequest } from './machine.request.js';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';

/**
 * A known language is answered alone; none, or one that is not valid, with all of them. The bank's page "reference" wants
 * an ISO 639-1 code there and counts anything else as absent: so do `en`, a language of which the bank has no screens, and
 * `fr-BE` or `nl,fr;q=0.5`, which are no such codes, however well a browser would understand them. A TPP that sends what
 * its PSU's browser sent gets every link then, and has to choose.
 */
export function acceptedLanguages(acceptLanguage: string | undefined): readonly Language[] {
  // RFC 5646 section 2.1.1: the case of a language tag says nothing.
  const wanted = acceptLanguage?.trim().toLowerCase();
  const known = LANGUAGES.filter((language) => language === wanted);
  return known.length > 0 ? known : LANGUAGES;
}

/**
 * Older captures of the bank's pages on accounts and funds want a language that the bank has, and so do the versions of
 * their age; newer captures say no more.
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
