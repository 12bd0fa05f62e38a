import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BankClient } from '@consent-hub/bank-client';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyedCertificate,
} from '@consent-hub/eidas';
import { BRANDS, Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, hubEnvironment, type TestDatabase } from '@consent-hub/testing';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { answering, HttpsBank } from '../../../libs/bank-client/testing/https-bank.harness.js';
import { ConsoleVisitor } from '../testing/console.harness.js';
import { startHub, type RunningHub } from './bootstrap.js';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const validFor = (days: number) => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + days * DAY_MS),
});

describe('reading certificate files again', () => {
  let directory: string;
  let database: TestDatabase;
  let authority: KeyedCertificate;
  let bank: HttpsBank;
  let hub: RunningHub;
  let dataSource: DataSource;
  let security: ConsoleVisitor;

  const fileOf = (name: string): string => path.join(directory, `${name}.pem`);
  const write = (name: string, content: string): Promise<void> => writeFile(fileOf(name), content);
  /** Puts both files of a new certificate in the place of the ones before. */
  const install = async (commonName: string, days: number): Promise<void> => {
    const issued = await issueClientCertificate(authority, {
      ...{ commonName, organizationIdentifier: 'PSDBE-NBB-0123456789', roles: ['PSP_AI'] },
      ...validFor(days),
    });
    await write('client', issued.certificate);
    await write('client-key', issued.key);
  };
  /** Which certificate the bank sees at the next call of the hub. */
  const shownAtBank = async (): Promise<string | undefined> => {
    const requestId = crypto.randomUUID();
    await hub.app
      .get(BankClient)
      .listAccounts({ brand: 'belfius', accessToken: new Secret('at-1'), requestId });
    return bank.calls.at(-1)?.clientName;
  };
  const readAgain = (reason: string) => security.submit('/console/security/actions/reload', { reason });
  const page = async (): Promise<string> => (await security.get('/console/security')).body;
  const reasons = async (): Promise<string[]> =>
    (
      await dataSource.query<{ reason: string }[]>(
        `SELECT reason FROM hub.admin_action WHERE action = 'reload_certificates' AND subject = 'link:sara' ORDER BY at`,
      )
    ).map(({ reason }) => reason);

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'console-certificates-'));
    authority = await createCertificateAuthority({ commonName: 'Test CA', ...validFor(1_000) });
    const server = await issueServerCertificate(authority, {
      ...{ commonName: 'bank', hostNames: ['localhost'], addresses: ['127.0.0.1'] },
      ...validFor(1_000),
    });
    await write('ca', authority.certificate);
    await write('server', server.certificate);
    await write('server-key', server.key);
    await install('first', 9);
    const caFile = fileOf('ca');
    bank = await HttpsBank.start({ certFile: fileOf('server'), keyFile: fileOf('server-key'), caFile });
    bank.script = answering(200, { accounts: [] });
    database = await createTestDatabase();
    hub = await startHub(
      hubEnvironment(database.url, {
        ...{ HUB_PORT: '0', HUB_LOG_LEVEL: 'silent' },
        ...Object.fromEntries(
          BRANDS.map((brand) => brand.toUpperCase()).flatMap((brand) => [
            [`BANK_${brand}_API_URL`, bank.url],
            [`BANK_${brand}_TLS_CERT_FILE`, fileOf('client')],
            [`BANK_${brand}_TLS_KEY_FILE`, fileOf('client-key')],
            [`BANK_${brand}_TLS_CA_FILE`, caFile],
          ]),
        ),
      }),
    );
    // It reads the files again every ten seconds by itself.
    hub.app.get(SchedulerRegistry).deleteInterval('ClientCertificatesJob');
    dataSource = hub.app.get(DataSource);
    security = await ConsoleVisitor.signIn({ hub, dataSource }, ['viewer', 'security'], 'sara');
  });
  afterAll(async () => {
    bank.disconnect();
    await hub.close();
    await bank.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  it('takes a renewed certificate into use, which the next call of the bank shows', async () => {
    expect(await shownAtBank()).toBe('first');
    expect(await page()).toMatch(/8 days left.*ends at.*CN=first,/s);
    await install('second', 301);
    expect(await shownAtBank()).toBe('first');
    const { status, headers } = await readAgain('renewed');
    expect([status, headers.get('location')]).toEqual([303, '/console/security?done=reload#certificates']);
    expect(await page()).toMatch(/300 days left.*CN=second,/s);
    expect(await page()).not.toContain('CN=first,');
    expect(await shownAtBank()).toBe('second');
    expect(await reasons()).toEqual(['renewed']);
  });

  it('leaves the certificate before in use where the files do not fit together, and says so', async () => {
    await install('third', 301);
    await write('client-key', authority.key);
    const before = await shownAtBank();
    expect((await readAgain('renewed once more')).status).toBe(303);
    expect(await page()).toMatch(/client-key\.pem is not the key of/);
    expect(await shownAtBank()).toBe(before);
    expect((await reasons()).at(-1)).toBe('renewed once more');
  });
});
