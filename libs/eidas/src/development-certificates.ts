import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BRANDS, perBrand, type Brand, type PspRole } from '@consent-hub/psd2-protocol';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyedCertificate,
  type Validity,
} from './certificate-authority.js';
import { readPspCertificate } from './psp-certificate.js';

/** Absolute paths of a certificate and its key, both in PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Everything that mutual TLS needs on a developer's machine: both apps trust `caFile` and nothing else. */
export interface DevelopmentCertificates {
  readonly caFile: string;
  /** The key of the authority, with which tests issue more certificates. */
  readonly caKeyFile: string;
  readonly server: CertificateFiles;
  readonly clients: Record<Brand, CertificateFiles>;
}

const DAY_MS = 86_400_000;
const REMAKE_BEFORE_MS = 7 * DAY_MS;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 397;
const SERVER = {
  commonName: 'Consent Hub development only server',
  // The second is the name of the service in docker-compose.yml.
  hostNames: ['localhost', 'sandbox-bank'],
  addresses: ['127.0.0.1', '::1'],
};
/** One provider at all brands, with a certificate for each. */
const PROVIDER = 'PSDBE-NBB-0123456789';
const ROLES: readonly PspRole[] = ['PSP_AI', 'PSP_IC', 'PSP_PI'];

/**
 * Makes the certificates of a developer's machine in `dir`, or keeps those that stand there: a certificate is made again
 * when it is missing, damaged, or ends within seven days, and all of them when the authority is.
 */
export async function ensureDevelopmentCertificates(
  dir: string,
  now = new Date(),
): Promise<DevelopmentCertificates> {
  const files = layout(resolve(dir));
  await mkdir(resolve(dir), { recursive: true, mode: 0o700 });
  const authorityFiles = { certFile: files.caFile, keyFile: files.caKeyFile };
  const authority = await keepOrMake(
    authorityFiles,
    (found) => isUsable(found, found, now),
    () =>
      createCertificateAuthority({
        commonName: 'Consent Hub development only CA',
        ...validFor(AUTHORITY_DAYS, now),
      }),
  );
  await keepOrMake(
    files.server,
    (found) => isUsable(found, authority, now),
    () => issueServerCertificate(authority, { ...SERVER, ...validFor(LEAF_DAYS, now) }),
  );
  for (const brand of BRANDS)
    await keepOrMake(
      files.clients[brand],
      (found) => isUsable(found, authority, now) && isProvider(found),
      () => issueClientCertificate(authority, clientRequest(brand, now)),
    );
  return files;
}

function layout(dir: string): DevelopmentCertificates {
  const pair = (name: string): CertificateFiles => ({
    certFile: join(dir, `${name}.pem`),
    keyFile: join(dir, `${name}.key.pem`),
  });
  const ca = pair('development-ca');
  return {
    caFile: ca.certFile,
    caKeyFile: ca.keyFile,
    server: pair('development-server'),
    clients: perBrand((brand) => pair(`development-client-${brand}`)),
  };
}

const clientRequest = (brand: Brand, now: Date) => ({
  commonName: `Development TPP of ${brand}`,
  organizationIdentifier: PROVIDER,
  roles: ROLES,
  ...validFor(LEAF_DAYS, now),
});

/** From an hour ago, so that a machine whose clock is a little behind accepts it too. */
const validFor = (days: number, now: Date): Validity => ({
  notBefore: new Date(now.getTime() - 3_600_000),
  notAfter: new Date(now.getTime() + days * DAY_MS),
});

async function keepOrMake(
  files: CertificateFiles,
  isGood: (found: KeyedCertificate) => boolean,
  make: () => Promise<KeyedCertificate>,
): Promise<KeyedCertificate> {
  const found = await readPair(files);
  if (found && isGood(found)) return found;
  const made = await make();
  await replaceFile(files.keyFile, made.key, 0o600);
  await replaceFile(files.certFile, made.certificate, 0o644);
  return made;
}

async function readPair(files: CertificateFiles): Promise<KeyedCertificate | undefined> {
  try {
    return {
      certificate: await readFile(files.certFile, 'utf8'),
      key: await readFile(files.keyFile, 'utf8'),
    };
  } catch {
    return undefined;
  }
}

/** A reader sees the old file or the new one at any time, never a part of one. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, text, { mode });
  // The umask does not apply to chmod, and a draft left by a crash kept its old mode.
  await chmod(draft, mode);
  await rename(draft, file);
}

function isUsable(found: KeyedCertificate, issuer: KeyedCertificate, now: Date): boolean {
  try {
    const certificate = new X509Certificate(found.certificate);
    const authority = new X509Certificate(issuer.certificate);
    return (
      Date.parse(certificate.validTo) - now.getTime() > REMAKE_BEFORE_MS &&
      certificate.checkPrivateKey(createPrivateKey(found.key)) &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey)
    );
  } catch {
    return false;
  }
}

/** A certificate made by an earlier release may say other things than this one. */
function isProvider(found: KeyedCertificate): boolean {
  const { organizationIdentifier, roles } = readPspCertificate(found.certificate);
  return organizationIdentifier === PROVIDER && ROLES.every((role) => roles.includes(role));
}
