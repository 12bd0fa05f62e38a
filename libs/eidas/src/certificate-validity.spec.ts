import { createCertificateAuthority, issueClientCertificate } from './certificate-authority.js';
import { readCertificates, validityStateAt } from './certificate-validity.js';

const YEAR = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };

describe('the validity of a certificate', () => {
  it.each([
    ['2025-12-31T23:59:59.999Z', 'not_yet_valid'],
    ['2026-01-01T00:00:00Z', 'valid'],
    ['2026-12-02T00:00:00Z', 'valid'],
    ['2026-12-02T00:00:00.001Z', 'expires_soon'],
    ['2027-01-01T00:00:00Z', 'expires_soon'],
    ['2027-01-01T00:00:00.001Z', 'expired'],
  ])('at %s is %s', (now, state) => {
    expect(validityStateAt(YEAR, Date.parse(now))).toBe(state);
  });

  describe('in a file', () => {
    it('comes first for the certificate of its owner, then for the authorities after it', async () => {
      const decade = { ...YEAR, notAfter: new Date('2036-01-01T00:00:00Z') };
      const authority = await createCertificateAuthority({ commonName: 'Test CA', ...decade });
      const { certificate } = await issueClientCertificate(authority, { commonName: 'Acme', ...YEAR });
      const pem = Buffer.from(`Bag Attributes\n${certificate}\n${authority.certificate}`);
      expect(readCertificates(pem, 'cert.pem')).toEqual([
        { subject: expect.stringContaining('CN=Acme'), ...YEAR },
        { subject: expect.stringContaining('CN=Test CA'), ...decade },
      ]);
    });

    it.each(['hello', '', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
      'that is %j is refused by one class of error that names the file',
      (content) => {
        expect(() => readCertificates(Buffer.from(content), '/tls/cert.pem')).toThrow(
          expect.objectContaining({
            name: 'CertificateError',
            code: 'not_pem',
            message: '/tls/cert.pem holds no certificate in PEM',
          }) as Error,
        );
      },
    );
  });
});
