import type { Brand } from '@consent-hub/psd2-protocol';
import { UI_LANGUAGES, type UiLanguage } from './ui-language.js';

/** The pages of one visit, in the order of the flow. */
export const STEPS = ['log-in', 'code', 'consent'] as const;
export type Step = (typeof STEPS)[number];

/** The address of one visit. Its pages differ by language and step only, so that one cookie path covers them all. */
export interface Place {
  readonly brand: Brand;
  readonly sessionId: string;
  readonly language: UiLanguage;
}

export const visitPath = ({ brand, sessionId }: Omit<Place, 'language'>): string =>
  `/${brand}/authorize/${sessionId}`;

export const stepPath = (place: Place, step: Step): string => `${visitPath(place)}/${place.language}/${step}`;

/** One value for each language, made from it. */
export const perLanguage = (link: (language: UiLanguage) => string): Record<UiLanguage, string> =>
  Object.fromEntries(UI_LANGUAGES.map((language) => [language, link(language)])) as Record<
    UiLanguage,
    string
  >;
