/** Electronic form of ISO 13616: without spaces, in capitals. */
export const normalizeIban = (iban: string): string => iban.replaceAll(/\s/g, '').toUpperCase();
