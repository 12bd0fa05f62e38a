import { isIBAN } from 'class-validator';

const ELECTRONIC = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/;

/** An IBAN with a right checksum, as ISO 13616 writes it for machines: upper case, no spaces. */
export const isElectronicIban = (text: string): boolean => ELECTRONIC.test(text) && isIBAN(text);
