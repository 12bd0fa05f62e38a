import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import {
  createCertificateAuthority,
  issueClientCertificate,
  type KeyedCertificate,
  type MtlsFiles,
  type MtlsOptions,
} from '@consent-hub/eidas';
import { ClientCertificates } from './client-certificates.js';

const DAY_MS = 86_400_000;
const YEAR = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };
const NEXT_YEAR = { notBefore: YEAR.notAfter, notAfter: new Date('2028-01-01T00:00:00Z') };
const DECADE = { notBefore: YEAR.notBefore, notAfter: new Date('2036-01-01T00:00:00Z') };
const ORGANIZATION = 'PSDBE-NBB-0123456789';

describe('the client certificates', () => {
  let directory: string;
  let files: MtlsFiles;
  let authority: KeyedCertificate;
  let now = 0;
  const at = (date: string) => (now = Date.parse(date));
  const certificates = () => new ClientCertificates(new Map([['belfius', files]]), () => now);
  const issue = (validity = YEAR) =>
    issueClientCertificate(authority, {
      commonName: 'TPP',
      organizationIdentifier: ORGANIZATION,
      roles: ['PSP_PI', 'PSP_AI'],
      ...validity,
    });
  const install = ({ certificate, key }: KeyedCertificate) => {
    writeFileSync(files.certFile, certificate);
    writeFileSync(files.keyFile, key);
  };
  const logged = {
    log: jest.spyOn(Logger.prototype, 'log').mockReturnValue(),
    warn: jest.spyOn(Logger.prototype, 'warn').mockReturnValue(),
    error: jest.spyOn(Logger.prototype, 'error').mockReturnValue(),
  };
  const messages = (level: keyof typeof logged) =>
    logged[level].mock.calls.map(([line]) => (line as { msg: string }).msg);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'client-certificates-'));
    const [certFile, keyFile, caFile] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    files = { certFile, keyFile, caFile };
    authority = await createCertificateAuthority({ commonName: 'Test CA', ...DECADE });
  });
  beforeEach(async () => {
    writeFileSync(files.caFile, authority.certificate);
    install(await issue());
    at('2026-06-01T00:00:00Z');
    Object.values(logged).forEach((spy) => spy.mockClear());
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
    jest.restoreAllMocks();
  });

  it('report their remaining validity, negative after their end, and their owner', () => {
    at('2026-12-31T23:59:00Z');
    expect(certificates().list()).toEqual([
      {
        brand: 'belfius',
        subject: expect.stringContaining('CN=TPP'),
        organizationIdentifier: ORGANIZATION,
        roles: ['PSP_PI', 'PSP_AI'],
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        ...YEAR,
        state: 'expires_soon',
        secondsLeft: 60,
        loadedAt: new Date(now),
        authorities: [
          expect.objectContaining({ subject: expect.stringContaining('CN=Test CA'), state: 'valid' }),
        ],
        refusal: null,
      },
    ]);
    at('2027-01-01T01:00:00Z');
    expect(certificates().list()).toMatchObject([{ state: 'expired', secondsLeft: -3600 }]);
  });

  it('are silent while they are well', () => {
    const well = certificates();
    well.onModuleInit();
    expect(well.warnings()).toEqual([]);
    expect([messages('warn'), messages('error')]).toEqual([[], []]);
  });

  it('are logged once at 30, 14, 7 days and 1 day before one expires, and again when it has expired', () => {
    const running = certificates();
    running.onModuleInit();
    for (let left = 35 * DAY_MS; left > -DAY_MS; left -= DAY_MS / 4) {
      now = YEAR.notAfter.getTime() - left;
      running.check();
    }
    expect(messages('warn').map((text) => /expires in (\d+) days/.exec(text)?.[1])).toEqual([
      '29',
      '13',
      '6',
      '0',
    ]);
    expect(messages('error')).toEqual([
      'The client certificate for belfius has expired, at 2027-01-01T00:00:00.000Z: no connection to the bank can be made.',
    ]);
  });

  it('are said at the start when one is not valid yet', () => {
    at('2025-12-31T00:00:00Z');
    const early = certificates();
    early.onModuleInit();
    expect(messages('error')).toEqual(early.warnings());
    expect(early.warnings()).toContainEqual(
      expect.stringMatching(/^The client certificate .* is not valid before 2026-01-01T00:00:00.000Z/),
    );
  });

  it('are said by the authority as well, whose end ends every connection', async () => {
    const old = await createCertificateAuthority({ commonName: 'Old CA', ...YEAR });
    writeFileSync(files.caFile, `${authority.certificate}\n${old.certificate}`);
    at('2026-12-31T12:00:00Z');
    expect(certificates().warnings()).toContainEqual(
      expect.stringMatching(/^The authority .*CN=Old CA.* for belfius expires in 0 days/),
    );
  });

  describe('whose files have changed', () => {
    const renewed = jest.fn<void, [string, MtlsOptions]>();
    let running: ClientCertificates;
    beforeEach(() => {
      renewed.mockReset();
      running = certificates();
      running.onRenewed(renewed);
    });
    const fingerprint = () => running.list()[0]?.fingerprint;

    it('are taken into use, and their dates with them', async () => {
      const before = fingerprint();
      const next = await issue(DECADE);
      install(next);
      await running.reload(false);
      expect(renewed.mock.calls).toEqual([
        ['belfius', expect.objectContaining({ cert: Buffer.from(next.certificate) })],
      ]);
      expect(fingerprint()).not.toBe(before);
      expect(running.list()).toMatchObject([{ notAfter: DECADE.notAfter, refusal: null }]);
      expect(messages('log')).toEqual(['client certificate renewed']);
      await running.reload(false);
      expect(renewed).toHaveBeenCalledTimes(1);
    });

    it.each<[string, () => Promise<void> | void, RegExp]>([
      [
        'of another key',
        async () => writeFileSync(files.keyFile, (await issue()).key),
        /key.pem is not the key of .*cert.pem/,
      ],
      [
        'broken',
        () => writeFileSync(files.certFile, 'not a certificate'),
        /cert.pem holds no certificate in PEM/,
      ],
      ['gone', () => rmSync(files.keyFile), /key.pem cannot be read/],
      ['not in force yet', async () => install(await issue(NEXT_YEAR)), /cert.pem holds from 2027-01-01/],
    ])('are refused where they are %s, and those before stay', async (_what, change, reason) => {
      const before = fingerprint();
      await change();
      await running.reload(false);
      expect(messages('error')).toEqual([]);
      await running.reload(false);
      await running.reload(false);
      expect(messages('error')).toEqual([expect.stringMatching(reason)]);
      expect(running.warnings()).toEqual([expect.stringMatching(reason)]);
      expect([fingerprint(), renewed.mock.calls]).toEqual([before, []]);
    });

    it('are reported as refused at once where a reload was requested', async () => {
      writeFileSync(files.certFile, 'not a certificate');
      await running.reload(true);
      expect(messages('error')).toHaveLength(1);
    });

    it('are refused where TLS cannot use them', async () => {
      renewed.mockImplementation(() => {
        throw new Error('ee key too small');
      });
      const before = fingerprint();
      install(await issue(DECADE));
      await running.reload(true);
      expect(fingerprint()).toBe(before);
      expect(running.list()[0]?.refusal).toMatch(/ee key too small/);
    });

    it('are taken into use when the last of them has arrived, without a word about the time between', async () => {
      const next = await issue(DECADE);
      writeFileSync(files.certFile, next.certificate);
      await running.reload(false);
      writeFileSync(files.keyFile, next.key);
      await running.reload(false);
      expect(messages('error')).toEqual([]);
      expect(running.list()).toMatchObject([{ notAfter: DECADE.notAfter, refusal: null }]);
    });
  });
});
