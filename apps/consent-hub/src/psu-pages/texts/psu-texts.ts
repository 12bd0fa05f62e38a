import type { PageLanguage } from '../../http-api/page-language.js';
import { DUTCH } from './dutch.js';
import { ENGLISH } from './english.js';
import { FRENCH } from './french.js';
import { GERMAN } from './german.js';
import type { PsuTexts } from './texts.types.js';

export const PSU_TEXTS: Readonly<Record<PageLanguage, PsuTexts>> = {
  fr: FRENCH,
  nl: DUTCH,
  en: ENGLISH,
  de: GERMAN,
};
