import { LANGUAGES, type Language } from '@consent-hub/psd2-protocol';

/** A known language is answered alone; none, or one that is not valid, with all of them (bank page "reference"). */
export function acceptedLanguages(acceptLanguage: string | undefined): readonly Language[] {
  const wanted = acceptLanguage?.trim().toLowerCase();
  const known = LANGUAGES.filter((language) => language === wanted);
  return known.length > 0 ? known : LANGUAGES;
}
