import { X509Certificate } from 'node:crypto';
import type { PspRole } from '@consent-hub/psd2-protocol';
import { CertificateError } from './certificate-error.js';
import {
  contentOf,
  readDerValues,
  readObjectIdentifier,
  readSequence,
  readText,
  TAG,
  type DerValue,
} from './der.js';
import { QC_STATEMENTS_OID, readQcStatements, type CompetentAuthority } from './qc-statements.js';

const COMMON_NAME_OID = '2.5.4.3';
/** X.520 organizationIdentifier: where a QWAC carries the authorization number of a payment service provider. */
export const ORGANIZATION_IDENTIFIER_OID = '2.5.4.97';

/** What a bank wants to know of a payment service provider from its certificate. */
export interface PspCertificate {
  readonly commonName?: string;
  /** For instance `PSDBE-NBB-0123456789` (ETSI TS 119 495 clause 5.2.1). */
  readonly organizationIdentifier?: string;
  /** Empty when the certificate carries no PSD2 statement. */
  readonly roles: readonly PspRole[];
  readonly competentAuthority?: CompetentAuthority;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 over the DER, in lower-case hex: the same value that `x5t#S256` (RFC 8705) holds in base64url. */
  readonly fingerprint: string;
}

/**
 * Reads a peer certificate. It does not judge: neither trust nor dates are checked.
 *
 * @param certificate DER, or the text or bytes of a PEM file (its first certificate)
 * @throws CertificateError `malformed`
 */
export function readPspCertificate(certificate: Buffer | string): PspCertificate {
  const known = parse(certificate);
  const { subject, extensions } = fieldsOf(known.raw);
  const commonName = findAttribute(subject, COMMON_NAME_OID);
  const organizationIdentifier = findAttribute(subject, ORGANIZATION_IDENTIFIER_OID);
  const statements = findExtension(extensions, QC_STATEMENTS_OID);
  return {
    ...(commonName === undefined ? {} : { commonName }),
    ...(organizationIdentifier === undefined ? {} : { organizationIdentifier }),
    ...(statements ? readQcStatements(statements) : { roles: [] }),
    notBefore: new Date(known.validFrom),
    notAfter: new Date(known.validTo),
    fingerprint: known.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function parse(certificate: Buffer | string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new CertificateError('malformed', 'the bytes are no X.509 certificate', { cause });
  }
}

/**
 * RFC 5280 section 4.1. node:crypto shows neither extensions nor attributes of the subject that it has no name for; the
 * library that issues certificates would, at six times the cost, and a bank reads one for every connection.
 */
function fieldsOf(der: Buffer): { subject: DerValue[]; extensions: DerValue[] } {
  const [certificate] = readDerValues(der);
  const fields = readSequence(readSequence(certificate)[0]).filter(({ tag }) => tag !== TAG.context0);
  const [, , , , subject] = fields;
  const extensions = fields.find(({ tag }) => tag === TAG.context3);
  return {
    subject: readSequence(subject),
    extensions: extensions ? readSequence(readSequence(extensions, TAG.context3)[0]) : [],
  };
}

function findAttribute(subject: DerValue[], oid: string): string | undefined {
  const found = subject
    .flatMap((set) => readSequence(set, TAG.set))
    .map((attribute) => readSequence(attribute))
    .find(([type]) => readObjectIdentifier(type) === oid);
  return found && readText(found[1]);
}

/** An extension is its identifier, `critical` if it is, and its value in an octet string. */
function findExtension(extensions: DerValue[], oid: string): Buffer | undefined {
  const found = extensions.map((item) => readSequence(item)).find(([id]) => readObjectIdentifier(id) === oid);
  return found && contentOf(found.at(-1), TAG.octetString);
}
