/**
 * What stands between the groups of an IBAN that was copied from a page or a document, as a pattern: spaces of any width, and
 * characters without any (zero-width spaces, joiners, directions, soft hyphens).
 */
export const IBAN_GAP = '[\\s\\p{Cf}]';

const GAPS = new RegExp(IBAN_GAP, 'gu');

/** As ISO 13616 writes an IBAN for machines: upper case, nothing between. Other text stays as wrong as it is. */
export const toElectronicIban = (text: string): string => text.replaceAll(GAPS, '').toUpperCase();
