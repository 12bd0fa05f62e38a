import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CertificateError } from './certificate-error.js';

/** So long before its end a certificate is to be renewed: the bank takes days to register the next one. */
const EXPIRES_SOON_DAYS = 30;
const DAY_MS = 86_400_000;

export type ValidityState = 'valid' | 'expires_soon' | 'expired' | 'not_yet_valid';

/** From when until when a certificate holds, both ends included (RFC 5280 section 4.1.2.5). */
export interface CertificateValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Reads the dates of the first certificate of a PEM file, which is the one that its owner shows.
 *
 * @throws CertificateError `file_missing` or `not_pem`, naming the file
 */
export function readValidity(certFile: string): CertificateValidity {
  let content: Buffer;
  try {
    content = readFileSync(certFile);
  } catch (cause) {
    throw new CertificateError('file_missing', `${certFile} cannot be read`, { cause });
  }
  try {
    const { validFrom, validTo } = new X509Certificate(content);
    return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
  } catch {
    throw new CertificateError('not_pem', `${certFile} holds no certificate in PEM`);
  }
}

/** @param now milliseconds since 1970, by the clock of this machine */
export function validityStateAt({ notBefore, notAfter }: CertificateValidity, now: number): ValidityState {
  if (now > notAfter.getTime()) return 'expired';
  if (now < notBefore.getTime()) return 'not_yet_valid';
  return notAfter.getTime() - now < EXPIRES_SOON_DAYS * DAY_MS ? 'expires_soon' : 'valid';
}
