import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type { PspRole } from '@consent-hub/psd2-protocol';
import { ORGANIZATION_IDENTIFIER_OID } from './psp-certificate.js';
import {
  QC_STATEMENTS_OID,
  writeQcStatements,
  type CompetentAuthority,
  type TextType,
} from './qc-statements.js';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.js';

/** A certificate and its unencrypted key (PKCS #8), both in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface ClientCertificateRequest extends Validity {
  readonly commonName: string;
  /** Left out of the subject when absent. */
  readonly organizationIdentifier?: string;
  /** Absent: no qcStatements at all, so that the certificate is no QWAC. */
  readonly roles?: readonly PspRole[];
  readonly competentAuthority?: CompetentAuthority;
  /** Type of the competent authority's name and id; default `utf8String`. */
  readonly textType?: TextType;
}

export interface ServerCertificateRequest extends Validity {
  readonly commonName: string;
  readonly hostNames: readonly string[];
  readonly addresses: readonly string[];
}

interface Leaf extends Validity {
  readonly subject: Record<string, string[]>[];
  readonly extensions: Extension[];
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** In every subject and in every organization, so that none of these is mistaken for a real certificate. */
const ORGANIZATION = 'Consent Hub, for development only';
const NATIONAL_BANK_OF_BELGIUM: CompetentAuthority = { name: 'National Bank of Belgium', id: 'BE-NBB' };

/** A self-signed authority (EC P-256) for development and tests. */
export async function createCertificateAuthority(
  request: Validity & { readonly commonName: string },
): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: subjectOf(request.commonName),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: exportKey(keys.privateKey) };
}

/** A client certificate with the roles of PSD2, for development and tests: any dates, any roles, any authority. */
export function issueClientCertificate(
  authority: KeyedCertificate,
  request: ClientCertificateRequest,
): Promise<KeyedCertificate> {
  const { organizationIdentifier, roles, competentAuthority = NATIONAL_BANK_OF_BELGIUM, textType } = request;
  const subject = subjectOf(request.commonName);
  if (organizationIdentifier !== undefined)
    subject.push({ [ORGANIZATION_IDENTIFIER_OID]: [organizationIdentifier] });
  const extensions: Extension[] = [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
  ];
  if (roles) {
    const statement = writeQcStatements({ roles, competentAuthority }, textType);
    extensions.push(new Extension(QC_STATEMENTS_OID, false, new Uint8Array(statement)));
  }
  return issue(authority, { subject, extensions, notBefore: request.notBefore, notAfter: request.notAfter });
}

/** A server certificate for development and tests. */
export function issueServerCertificate(
  authority: KeyedCertificate,
  request: ServerCertificateRequest,
): Promise<KeyedCertificate> {
  const names = [
    ...request.hostNames.map((value) => ({ type: 'dns' as const, value })),
    ...request.addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return issue(authority, {
    subject: subjectOf(request.commonName),
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names),
    ],
    notBefore: request.notBefore,
    notAfter: request.notAfter,
  });
}

async function issue(authority: KeyedCertificate, leaf: Leaf): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: leaf.subject,
    issuer: issuer.subjectName,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...leaf.extensions,
    ],
  });
  return { certificate: certificate.toString('pem'), key: exportKey(keys.privateKey) };
}

function subjectOf(commonName: string): Record<string, string[]>[] {
  return [{ CN: [commonName] }, { O: [ORGANIZATION] }, { C: ['BE'] }];
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 bytes; 01 in front keeps it positive and without a leading zero. */
const newSerialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

const exportKey = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
