import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, issueClientCertificate } from '@consent-hub/eidas';
import { BRANDS, perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { createTestDatabase, hubEnvironment, type TestDatabase } from '@consent-hub/testing';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';

const HOUR_MS = 3_600_000;
const hoursFromNow = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'client-certificates-'));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

/** The settings of a brand whose certificate holds from when until when, hours from now. */
async function bankWith(brand: string, from: number, until: number): Promise<NodeJS.ProcessEnv> {
  const decade = { notBefore: hoursFromNow(-87_600), notAfter: hoursFromNow(87_600) };
  const authority = await createCertificateAuthority({ commonName: 'Test CA', ...decade });
  const validity = { notBefore: hoursFromNow(from), notAfter: hoursFromNow(until) };
  const client = await issueClientCertificate(authority, {
    commonName: 'TPP',
    roles: ['PSP_AI'],
    ...validity,
  });
  const files = { CERT: client.certificate, KEY: client.key, CA: authority.certificate };
  const variables = Object.entries(files).map(async ([kind, content]) => {
    const file = path.join(directory, `${brand}-${kind}.pem`);
    await writeFile(file, content);
    return [`BANK_${brand}_TLS_${kind}_FILE`, file];
  });
  return Object.fromEntries(await Promise.all(variables)) as NodeJS.ProcessEnv;
}

/** A brand that is not asked about is well. */
async function hubWith(belfius: [number, number], banx: [number, number]) {
  const log: string[] = [];
  const held: Record<Brand, [number, number]> = { ...perBrand(() => [-1, 8760]), belfius, banx };
  const files = BRANDS.map((brand) => bankWith(brand.toUpperCase(), ...held[brand]));
  const certificates = Object.assign({}, ...(await Promise.all(files))) as NodeJS.ProcessEnv;
  const app = await createHub(hubEnvironment(database.url, certificates), {
    logDestination: { write: (line) => void log.push(line) },
  });
  try {
    const ready = await app.inject({ method: 'GET', url: '/health/ready' });
    const metrics = await app.inject({ method: 'GET', url: '/metrics' });
    const secondsLeft = (brand: string): number =>
      Number(
        new RegExp(`^consent_hub_certificate_expiry_seconds{brand="${brand}"} (\\S+)$`, 'm').exec(
          metrics.body,
        )?.[1],
      );
    const said = log
      .map((line) => JSON.parse(line) as { level: string; context?: string; brand?: string })
      .filter(({ context }) => context === 'ClientCertificates')
      .map(({ level, brand }) => `${level} ${brand}`);
    const { warnings } = ready.json<{ warnings?: string[] }>();
    return {
      status: ready.statusCode,
      warnings,
      said,
      belfius: secondsLeft('belfius'),
      banx: secondsLeft('banx'),
    };
  } finally {
    await app.close();
  }
}

describe('a client certificate', () => {
  it('that has expired is said in the log at the start, in health and metrics, and leaves the hub ready', async () => {
    const { status, warnings, said, belfius, banx } = await hubWith([-48, -24], [-1, 8760]);
    expect(status).toBe(200);
    expect(warnings).toEqual([expect.stringMatching(/^The client certificate for belfius has expired, at /)]);
    expect(said).toEqual(['error belfius']);
    expect(Math.abs(belfius + 24 * 3600)).toBeLessThan(120);
    expect(Math.abs(banx - 8760 * 3600)).toBeLessThan(120);
  });

  it('that is not valid yet or soon over is said likewise', async () => {
    const { status, warnings, said } = await hubWith([24, 8760], [-1, 29 * 24]);
    expect(status).toBe(200);
    expect(warnings).toEqual([
      expect.stringMatching(/^The client certificate for belfius is not valid before /),
      expect.stringMatching(/^The client certificate for banx expires in 2[89] days, at /),
    ]);
    expect(said).toEqual(['error belfius', 'warn banx']);
  });

  it('that is well is no warning', async () => {
    const { status, warnings, said } = await hubWith([-1, 8760], [-1, 8760]);
    expect({ status, warnings, said }).toEqual({ status: 200, warnings: undefined, said: [] });
  });

  it('is listed for admins with whose it is, its authority, and what is wrong with it', async () => {
    const certificates = { ...(await bankWith('BELFIUS', -48, -24)), ...(await bankWith('BANX', -1, 8760)) };
    const app = await createHub(hubEnvironment(database.url, certificates), {
      logDestination: { write: () => undefined },
    });
    try {
      const clients = app.get(ApiClientService);
      const { key } = await clients.create({ name: 'admin', permissions: ['admin'] });
      const list = (token: string) =>
        app.inject({ method: 'GET', url: '/v1/certificates', headers: { authorization: `Bearer ${token}` } });
      const { items } = (await list(key.reveal())).json<{ items: Record<string, unknown>[] }>();
      expect(items).toEqual([
        expect.objectContaining({
          brand: 'belfius',
          subject: expect.stringMatching(/^CN=TPP,/),
          organisation_id: null,
          roles: ['PSP_AI'],
          days_left: -2,
          ca: [expect.objectContaining({ subject: expect.stringMatching(/^CN=Test CA,/) })],
          problems: [
            expect.objectContaining({ code: 'expired' }),
            expect.objectContaining({ code: 'organisation_id_missing' }),
          ],
        }),
        expect.objectContaining({
          brand: 'banx',
          days_left: 364,
          problems: [expect.objectContaining({ code: 'organisation_id_missing' })],
        }),
      ]);
      const { key: other } = await clients.create({ name: 'platform', permissions: ['consents:read'] });
      expect((await list(other.reveal())).statusCode).toBe(403);
    } finally {
      await app.close();
    }
  });
});
