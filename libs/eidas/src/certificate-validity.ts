import { X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.js';

/** So long before its end a certificate is to be renewed: the bank takes days to register the next one. */
const EXPIRES_SOON_DAYS = 30;
const DAY_MS = 86_400_000;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export type ValidityState = 'valid' | 'expires_soon' | 'expired' | 'not_yet_valid';

/** From when until when a certificate holds, both ends included (RFC 5280 section 4.1.2.5). */
export interface CertificateValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What names a certificate, and its dates. */
export interface CertificateSummary extends CertificateValidity {
  /** Distinguished name, e.g. `C=BE, O=Acme, CN=Acme TPP`. */
  readonly subject: string;
}

/**
 * Reads the certificates of a PEM file, in its order: that of its owner first.
 *
 * @param file named in the error
 * @throws CertificateError `not_pem`
 */
export function readCertificates(pem: Buffer, file: string): CertificateSummary[] {
  const texts = pem.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  try {
    if (texts.length > 0) return texts.map(summaryOf);
  } catch {
    // said below
  }
  throw new CertificateError('not_pem', `${file} holds no certificate in PEM`);
}

function summaryOf(pem: string): CertificateSummary {
  const { subject, validFrom, validTo } = new X509Certificate(pem);
  return {
    subject: subject.split('\n').join(', '),
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
  };
}

/** @param now milliseconds since 1970, by the clock of this machine */
export function validityStateAt({ notBefore, notAfter }: CertificateValidity, now: number): ValidityState {
  if (now > notAfter.getTime()) return 'expired';
  if (now < notBefore.getTime()) return 'not_yet_valid';
  return notAfter.getTime() - now < EXPIRES_SOON_DAYS * DAY_MS ? 'expires_soon' : 'valid';
}
