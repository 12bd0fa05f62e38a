import type { PersonSearchWord } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, SCOPES } from '@consent-hub/psd2-protocol';
import { PSU_TEXTS } from './texts/psu-texts.js';

/** Words of a search; the rest is left out. */
const MOST_WORDS = 6;
const MOST_CHARACTERS = 100;

/** What each word of a search may stand for: a bank, a kind of access in any language, a part of the purpose or of an account. */
export const wordsOf = (search: string): PersonSearchWord[] =>
  search
    .slice(0, MOST_CHARACTERS)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
    .map((text) => {
      const isIn = (name: string): boolean => name.toLowerCase().includes(text.toLowerCase());
      return {
        text,
        brands: BRANDS.filter((brand) => isIn(BRAND_NAMES[brand])),
        scopes: SCOPES.filter((scope) =>
          Object.values(PSU_TEXTS).some(({ scopes }) => isIn(scopes[scope].name)),
        ),
      };
    });
