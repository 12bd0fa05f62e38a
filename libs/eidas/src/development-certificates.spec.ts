import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { ensureDevelopmentCertificates, type DevelopmentCertificates } from './development-certificates.js';
import { readPspCertificate } from './psp-certificate.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
const afterDays = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe('development certificates', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'eidas-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const ensure = (now = NOW): Promise<DevelopmentCertificates> => ensureDevelopmentCertificates(dir, now);
  const certificatesOf = ({ caFile, server, clients }: DevelopmentCertificates): string[] => [
    caFile,
    server.certFile,
    clients.belfius.certFile,
    clients.banx.certFile,
  ];
  const textsOf = (files: DevelopmentCertificates): Promise<string[]> =>
    Promise.all(certificatesOf(files).map((file) => readFile(file, 'utf8')));

  it('come from one authority, each with its own key', async () => {
    const files = await ensure();
    const authority = new X509Certificate(await readFile(files.caFile));

    expect(authority.ca).toBe(true);
    for (const { certFile, keyFile } of [files.server, files.clients.belfius, files.clients.banx]) {
      const certificate = new X509Certificate(await readFile(certFile));
      expect(certificate.ca).toBe(false);
      expect(certificate.checkIssued(authority)).toBe(true);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(await readFile(keyFile)))).toBe(true);
    }
  });

  it('name the server by every name of this machine', async () => {
    const { server } = await ensure();
    const certificate = new X509Certificate(await readFile(server.certFile));

    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkHost('psd2.b2b.belfius.be')).toBeUndefined();
  });

  it('let the client of each brand inform, check funds and initiate payments, and no more', async () => {
    const { clients } = await ensure();

    for (const { certFile } of Object.values(clients))
      expect(readPspCertificate(await readFile(certFile))).toMatchObject({
        organizationIdentifier: 'PSDBE-NBB-0123456789',
        roles: ['PSP_PI', 'PSP_AI', 'PSP_IC'],
      });
  });

  it('say that they are for development only', async () => {
    for (const text of await textsOf(await ensure()))
      expect(new X509Certificate(text).subject).toMatch(/development only/);
  });

  it('are named by absolute paths, with keys that only their owner can read, and no draft left behind', async () => {
    const files = await ensure();
    const keys = [
      files.caKeyFile,
      files.server.keyFile,
      files.clients.belfius.keyFile,
      files.clients.banx.keyFile,
    ];

    for (const key of keys) expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect([...certificatesOf(files), ...keys].every(isAbsolute)).toBe(true);
    expect(await readdir(dir)).toHaveLength(2 * (2 + BRANDS.length));
  });

  it('are kept while they are valid', async () => {
    const before = await textsOf(await ensure());

    expect(await textsOf(await ensure(afterDays(389)))).toEqual(before);
  });

  it('are renewed by the same authority a week before they end', async () => {
    const [ca, ...leaves] = await textsOf(await ensure());

    const [caLater, ...leavesLater] = await textsOf(await ensure(afterDays(391)));

    expect(caLater).toBe(ca);
    for (const [i, leaf] of leavesLater.entries()) expect(leaf).not.toBe(leaves[i]);
  });

  it('are all made again when the authority is gone', async () => {
    const files = await ensure();
    const before = await textsOf(files);
    await rm(files.caKeyFile);

    const after = await textsOf(await ensure());

    for (const [i, text] of after.entries()) expect(text).not.toBe(before[i]);
  });

  it('are made again one by one when they are damaged or belong to another key', async () => {
    const files = await ensure();
    const [ca, server, belfius, banx] = await textsOf(files);
    await writeFile(files.server.certFile, 'damaged');
    await chmod(files.clients.banx.keyFile, 0o600);
    await writeFile(files.clients.banx.keyFile, await readFile(files.clients.belfius.keyFile));

    const [caLater, serverLater, belfiusLater, banxLater] = await textsOf(await ensure());

    expect([caLater, belfiusLater]).toEqual([ca, belfius]);
    expect(serverLater).not.toBe(server);
    expect(banxLater).not.toBe(banx);
  });

  it('are made again when an earlier release gave the client other roles', async () => {
    const files = await ensure();
    await writeFile(files.clients.belfius.certFile, await readFile(files.server.certFile));
    await writeFile(files.clients.belfius.keyFile, await readFile(files.server.keyFile));

    await ensure();

    expect(readPspCertificate(await readFile(files.clients.belfius.certFile)).roles).toHaveLength(3);
  });
});
