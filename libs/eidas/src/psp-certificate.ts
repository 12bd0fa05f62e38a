import { X509Certificate } from 'node:crypto';
import type { PspRole } from '@consent-hub/psd2-protocol';
import { CertificateError } from './certificate-error.js';
import {
  contextTagOf,
  elementsOf,
  itemsOf,
  objectIdentifierOf,
  octetsOf,
  readDer,
  taggedItemOf,
  textOf,
  type DerValue,
} from './der.js';
import { QC_STATEMENTS_OID, readQcStatements, type CompetentAuthority } from './qc-statements.js';

const COMMON_NAME_OID = '2.5.4.3';
/** X.520 organizationIdentifier: where a QWAC carries the authorization number of a payment service provider. */
export const ORGANIZATION_IDENTIFIER_OID = '2.5.4.97';

/** RFC 5280 section 4.1: tags of two fields of a certificate. */
const VERSION = 0;
const EXTENSIONS = 3;

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

/** RFC 5280 section 4.1. node:crypto shows neither extensions nor attributes of the subject that it has no name for. */
function fieldsOf(der: Buffer): { subject: DerValue[]; extensions: DerValue[] } {
  const [certificate] = itemsOf(readDer(der));
  const [, , , , subject] = itemsOf(certificate).filter((field) => contextTagOf(field) !== VERSION);
  const extensions = itemsOf(certificate).find((field) => contextTagOf(field) === EXTENSIONS);
  return { subject: itemsOf(subject), extensions: extensions ? itemsOf(taggedItemOf(extensions)) : [] };
}

function findAttribute(subject: DerValue[], oid: string): string | undefined {
  const found = subject
    .flatMap((attributes) => elementsOf(attributes))
    .map((attribute) => itemsOf(attribute))
    .find(([type]) => objectIdentifierOf(type) === oid);
  return found && textOf(found[1]);
}

/** An extension is its identifier, `critical` if it is, and its value in an octet string. */
function findExtension(extensions: DerValue[], oid: string): Uint8Array | undefined {
  const found = extensions
    .map((extension) => itemsOf(extension))
    .find(([id]) => objectIdentifierOf(id) === oid);
  return found && octetsOf(found.at(-1));
}
