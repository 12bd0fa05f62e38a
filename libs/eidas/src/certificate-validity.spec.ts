import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority, issueClientCertificate } from './certificate-authority.js';
import { readValidity, validityStateAt } from './certificate-validity.js';

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
    let directory: string;
    beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'validity-'))));
    afterAll(() => rmSync(directory, { recursive: true }));
    const file = (content: string): string => {
      const path = join(directory, 'cert.pem');
      writeFileSync(path, content);
      return path;
    };

    it('is that of the first certificate, not of the authorities after it', async () => {
      const decade = { ...YEAR, notAfter: new Date('2036-01-01T00:00:00Z') };
      const authority = await createCertificateAuthority({ commonName: 'Test CA', ...decade });
      const { certificate } = await issueClientCertificate(authority, { commonName: 'Acme', ...YEAR });
      expect(readValidity(file(`${certificate}\n${authority.certificate}`))).toEqual(YEAR);
    });

    it('is refused by one class of error that names the file', () => {
      const path = file('hello');
      expect(() => readValidity(path)).toThrow(
        expect.objectContaining({ name: 'CertificateError', code: 'not_pem' }) as Error,
      );
      expect(() => readValidity('/nowhere/cert.pem')).toThrow('/nowhere/cert.pem cannot be read');
    });
  });
});
