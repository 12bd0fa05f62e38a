import { createHash, X509Certificate as NodeCertificate } from 'node:crypto';
import { ObjectIdentifier, Utf8String } from 'asn1js';
import { PSP_ROLES } from '@consent-hub/psd2-protocol';
import {
  createCertificateAuthority,
  issueClientCertificate,
  type KeyedCertificate,
} from './certificate-authority.js';
import { CertificateError } from './certificate-error.js';
import { readPspCertificate } from './psp-certificate.js';
import { QC_STATEMENTS_OID, readQcStatements, writeQcStatements } from './qc-statements.js';

const YEAR = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };
const NBB = { name: 'National Bank of Belgium', id: 'BE-NBB' };
const MALFORMED: Error = expect.objectContaining({ name: 'CertificateError', code: 'malformed' });

/** One value of less than 128 bytes: tag, length, content. */
const writeDer = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag, content.length]), content]);
const writeSequence = (...items: Buffer[]): Buffer => writeDer(0x30, Buffer.concat(items));
const writeText = (value: string): Buffer => Buffer.from(new Utf8String({ value }).toBER());
const writeObjectIdentifier = (value: string): Buffer => Buffer.from(new ObjectIdentifier({ value }).toBER());

describe('the certificate of a payment service provider', () => {
  let authority: KeyedCertificate;

  beforeAll(async () => {
    authority = await createCertificateAuthority({ commonName: 'Test CA', ...YEAR });
  });

  it('says who it is, what it may do, who licensed it and until when', async () => {
    const { certificate } = await issueClientCertificate(authority, {
      commonName: 'Acme',
      organizationIdentifier: 'PSDBE-NBB-0999999999',
      roles: ['PSP_PI', 'PSP_AI'],
      ...YEAR,
    });

    expect(readPspCertificate(certificate)).toEqual({
      commonName: 'Acme',
      organizationIdentifier: 'PSDBE-NBB-0999999999',
      roles: ['PSP_PI', 'PSP_AI'],
      competentAuthority: NBB,
      ...YEAR,
      fingerprint: createHash('sha256').update(new NodeCertificate(certificate).raw).digest('hex'),
    });
  });

  it('reads the same from DER as from PEM', async () => {
    const { certificate } = await issueClientCertificate(authority, {
      commonName: 'Acme',
      roles: ['PSP_AI'],
      ...YEAR,
    });

    expect(readPspCertificate(new NodeCertificate(certificate).raw)).toEqual(readPspCertificate(certificate));
  });

  it('has no role when it is no QWAC', async () => {
    const { certificate } = await issueClientCertificate(authority, { commonName: 'Acme', ...YEAR });

    const read = readPspCertificate(certificate);

    expect(read.roles).toEqual([]);
    expect(read).not.toHaveProperty('competentAuthority');
    expect(read).not.toHaveProperty('organizationIdentifier');
  });

  it.each([
    ['text', 'hello'],
    ['nothing', Buffer.alloc(0)],
    ['an empty sequence', Buffer.from([0x30, 0x00])],
    ['damaged PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => readPspCertificate(bytes)).toThrow(MALFORMED);
  });

  it('is refused by one class of error for each byte that is damaged', async () => {
    const { certificate } = await issueClientCertificate(authority, {
      commonName: 'Acme',
      roles: ['PSP_AI'],
      ...YEAR,
    });
    const der = new NodeCertificate(certificate).raw;

    for (let at = 0; at < der.length; at++) {
      const damaged = Buffer.from(der);
      damaged[at] = (der[at] ?? 0) ^ 0xff;
      const outcome = outcomeOf(() => readPspCertificate(damaged));
      expect(outcome === 'read' || outcome instanceof CertificateError ? 'fine' : [at, outcome]).toBe('fine');
    }
  });
});

describe('the qcStatements extension', () => {
  it.each(PSP_ROLES)('carries %s', (role) => {
    expect(readQcStatements(writeQcStatements({ roles: [role], competentAuthority: NBB }))).toEqual({
      roles: [role],
      competentAuthority: NBB,
    });
  });

  it('is the DER that ETSI TS 119 495 prescribes', () => {
    const der = writeQcStatements({ roles: ['PSP_AI'], competentAuthority: { name: 'X', id: 'BE-X' } });

    expect(der.toString('hex')).toBe(
      [
        '3049',
        '3008' + '060604008e460101',
        '3013' + '060604008e460106' + '3009' + '060704008e46010603',
        '3028' + '0606040081982702',
        '301e' + '3013' + '3011' + '060704008198270103' + '0c065053505f4149' + '0c0158' + '0c0442452d58',
      ].join(''),
    );
  });

  it('is understood when it holds other statements only', () => {
    const other = writeSequence(writeSequence(writeObjectIdentifier('0.4.0.1862.1.4')));

    expect(readQcStatements(other)).toEqual({ roles: [] });
  });

  it('passes over roles that PSD2 does not know', () => {
    const roles = ['0.4.0.19495.1.9', '0.4.0.19495.1.3'].map((oid) =>
      writeSequence(writeObjectIdentifier(oid), writeText('X')),
    );
    const statement = writeSequence(
      writeObjectIdentifier('0.4.0.19495.2'),
      writeSequence(writeSequence(...roles), writeText('Y'), writeText('Z')),
    );

    expect(readQcStatements(writeSequence(statement)).roles).toEqual(['PSP_AI']);
  });

  it.each([
    ['UTF8String', 0x0c, 'Banque nationalé', Buffer.from('Banque nationalé')],
    ['NumericString', 0x12, '0123', Buffer.from('0123')],
    ['PrintableString', 0x13, NBB.name, Buffer.from(NBB.name)],
    ['TeletexString', 0x14, 'Banque nationalé', Buffer.from('Banque nationalé', 'latin1')],
    ['IA5String', 0x16, NBB.name, Buffer.from(NBB.name)],
    ['VisibleString', 0x1a, NBB.name, Buffer.from(NBB.name)],
    ['BMPString', 0x1e, 'Banque nationalé', Buffer.from('Banque nationalé', 'utf16le').swap16()],
    ['UniversalString', 0x1c, 'Bé', Buffer.from([0, 0, 0, 0x42, 0, 0, 0, 0xe9])],
  ])('is read with the name of the authority as a %s', (_type, tag, name, content) => {
    expect(
      readQcStatements(statementOf(writeDer(tag, content), writeDer(0x13, Buffer.from(NBB.id)))),
    ).toEqual({
      roles: ['PSP_AI'],
      competentAuthority: { name, id: NBB.id },
    });
  });

  it.each([
    ['half a character of BMPString', writeDer(0x1e, Buffer.from([0, 0x42, 0]))],
    ['a UniversalString beyond Unicode', writeDer(0x1c, Buffer.from([0, 0x11, 0, 0]))],
    ['part of a UniversalString', writeDer(0x1c, Buffer.from([0, 0, 0x42]))],
    ['a number', writeDer(0x02, Buffer.from([1]))],
    ['a text with NUL', writeText('N\0BB')],
  ])('is refused when the name of the authority is %s', (_what, name) => {
    expect(() => readQcStatements(statementOf(name, writeText('BE-NBB')))).toThrow(MALFORMED);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut short', writeQcStatements({ roles: ['PSP_AI'], competentAuthority: NBB }).subarray(0, -3)],
    ['no sequence', writeText('PSP_AI')],
    ['of indefinite length', Buffer.from([0x30, 0x80, 0x00, 0x00])],
    ['of absurd length', Buffer.from([0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1])],
    ['without an object identifier', writeSequence(writeSequence(writeText('x')))],
    [
      'with an unfinished object identifier',
      writeSequence(writeSequence(writeDer(0x06, Buffer.from([0x04, 0x81])))),
    ],
    [
      'a PSD2 statement without content',
      writeSequence(writeSequence(writeObjectIdentifier('0.4.0.19495.2'))),
    ],
  ])('is refused when it is %s', (_what, der) => {
    expect(() => readQcStatements(der)).toThrow(MALFORMED);
  });

  it('has the object identifier of RFC 3739', () => {
    expect(QC_STATEMENTS_OID).toBe('1.3.6.1.5.5.7.1.3');
  });
});

/** The statement of an account information provider, as an authority may have encoded its name. */
const statementOf = (name: Buffer, id: Buffer): Buffer => {
  const role = writeSequence(writeObjectIdentifier('0.4.0.19495.1.3'), writeText('PSP_AI'));
  return writeSequence(
    writeSequence(writeObjectIdentifier('0.4.0.19495.2'), writeSequence(writeSequence(role), name, id)),
  );
};

function outcomeOf(read: () => unknown): unknown {
  try {
    read();
    return 'read';
  } catch (error) {
    return error;
  }
}
