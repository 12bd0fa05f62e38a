import type { UiLanguage } from '../ui-language.js';

const LOCALE: Readonly<Record<UiLanguage, string>> = { fr: 'fr-BE', nl: 'nl-BE', en: 'en-GB' };

/** An IBAN as people read it: groups of four (ISO 13616, print format). */
export const groupedIban = (iban: string): string => iban.replace(/(.{4})(?=.)/g, '$1 ');

/** A one-time code as people copy it: two groups of three. */
export const groupedCode = (code: string): string => code.replace(/^(.{3})/, '$1 ');

export const formatDate = (date: Date, language: UiLanguage): string =>
  new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeZone: 'Europe/Brussels' }).format(date);

/** A day of the calendar, `yyyy-MM-dd`. */
export const formatDay = (day: string, language: UiLanguage): string =>
  new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'full', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** A structured communication in the form of a Belgian transfer form; any other text unchanged. */
export const groupedReference = (text: string): string =>
  text.replace(/^(\d{3})(\d{4})(\d{5})$/, '+++$1/$2/$3+++');

export const formatAmount = (amount: string, currency: string, language: UiLanguage): string =>
  new Intl.NumberFormat(LOCALE[language], { style: 'currency', currency }).format(Number(amount));
