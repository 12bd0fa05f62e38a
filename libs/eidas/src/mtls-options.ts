import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CertificateError } from './certificate-error.js';

/** Paths of PEM files: our certificate and key, and the authorities that we trust. */
export interface MtlsFiles {
  /** The certificate, followed by those of its intermediate authorities, if any. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The authorities that the other side's certificate must come from; nothing else is trusted. */
  readonly caFile: string;
}

/** Contents of the files, as node:tls, node:https and undici's `connect` take them. */
export interface MtlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/**
 * Reads the files of one side of mutual TLS, and finds out at boot what would otherwise fail at the first handshake.
 *
 * @throws CertificateError `file_missing`, `not_pem` or `key_mismatch`, naming the file
 */
export function mtlsOptions(files: MtlsFiles): MtlsOptions {
  const { certFile, keyFile, caFile } = files;
  return checkMtls({ cert: readSync(certFile), key: readSync(keyFile), ca: readSync(caFile) }, files);
}

/**
 * Reads the files without a check, while the process works.
 *
 * @throws CertificateError `file_missing`, naming the file
 */
export async function readMtls(files: MtlsFiles): Promise<MtlsOptions> {
  const [cert, key, ca] = await Promise.all([read(files.certFile), read(files.keyFile), read(files.caFile)]);
  return { cert, key, ca };
}

/**
 * Whether certificate, key and authorities can be used, and belong together.
 *
 * @param files named in the errors
 * @throws CertificateError `not_pem` or `key_mismatch`
 */
export function checkMtls(options: MtlsOptions, files: MtlsFiles): MtlsOptions {
  const certificate = readCertificate(options.cert, files.certFile);
  readCertificate(options.ca, files.caFile);
  if (!certificate.checkPrivateKey(readKey(options.key, files.keyFile)))
    throw new CertificateError('key_mismatch', `${files.keyFile} is not the key of ${files.certFile}`);
  return options;
}

function readSync(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw missing(file, cause);
  }
}

const read = (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: unknown) => {
    throw missing(file, cause);
  });

const missing = (file: string, cause: unknown): CertificateError =>
  new CertificateError('file_missing', `${file} cannot be read`, { cause });

function readCertificate(pem: Buffer, file: string): X509Certificate {
  try {
    // DER would pass the constructor, but TLS takes PEM only.
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(pem);
  } catch {
    // said below
  }
  throw new CertificateError('not_pem', `${file} holds no certificate in PEM`);
}

/** The cause is left out: OpenSSL's words may quote what it read. */
function readKey(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CertificateError('not_pem', `${file} holds no unencrypted private key in PEM`);
  }
}
