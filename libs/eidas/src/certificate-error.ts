/**
 * What is wrong with a certificate:
 *
 * - `file_missing`: a named file cannot be read
 * - `not_pem`: a file holds no certificate or key in PEM
 * - `key_mismatch`: the key is not the one of the certificate
 * - `not_in_force`: a certificate that has expired or is not valid yet would replace one in force
 * - `not_usable`: TLS refuses certificate or key
 * - `malformed`: bytes that are no certificate, or a PSD2 statement that breaks ETSI TS 119 495
 */
export type CertificateErrorCode =
  'file_missing' | 'not_pem' | 'key_mismatch' | 'not_in_force' | 'not_usable' | 'malformed';

/** Every failure of libs/eidas. The message names files, never their contents. */
export class CertificateError extends Error {
  constructor(
    readonly code: CertificateErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CertificateError';
  }
}
