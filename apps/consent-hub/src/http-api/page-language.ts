import { LANGUAGES, type Language } from '@consent-hub/psd2-protocol';

/** The bank's languages, those of the rest of the country and of its guests. English for all others. */
export const PAGE_LANGUAGES = [...LANGUAGES, 'en', 'de'] as const;
export type PageLanguage = Language | 'en' | 'de';

/**
 * The language that a browser likes best among those there are (RFC 9110, section 12.5.4): by quality, then by order.
 * English when it likes none of them.
 */
export function preferredLanguage(acceptLanguage: string | undefined): PageLanguage {
  const liked = (acceptLanguage ?? '')
    .split(',')
    .map(readRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of liked) {
    const match = PAGE_LANGUAGES.find((language) => language === tag);
    if (match) return match;
  }
  return 'en';
}

function readRange(range: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return { tag: tag.split('-', 1)[0] ?? '', quality: Number(quality) || 0 };
}
