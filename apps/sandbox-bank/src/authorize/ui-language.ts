import { LANGUAGES, type Language } from '@consent-hub/psd2-protocol';

/** The bank's screens exist in French and Dutch (bank page "reference"); the sandbox adds English for developers. */
export type UiLanguage = Language | 'en';

export const UI_LANGUAGES: readonly UiLanguage[] = [...LANGUAGES, 'en'];

export const isUiLanguage = (value: unknown): value is UiLanguage =>
  UI_LANGUAGES.some((known) => known === value);

/**
 * The language of a page whose address names no known one: the first known language in `Accept-Language`, since browsers
 * write that list in falling preference (RFC 9110 section 12.5.4).
 */
export function preferredLanguage(acceptLanguage: string | undefined): UiLanguage {
  const asked = (acceptLanguage ?? '').split(',').map((range) => range.trim().slice(0, 2).toLowerCase());
  return asked.find(isUiLanguage) ?? 'en';
}
