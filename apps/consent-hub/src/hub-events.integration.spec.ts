import type { ClientCertificate, ClientCertificates } from '@consent-hub/bank-client';
import { HubEvents } from '@consent-hub/consent';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { VaultKeyRepository } from '@consent-hub/token-vault';
import type { DataSource } from 'typeorm';
import { CertificateExpiryJob } from './certificates/certificate-expiry.job.js';
import { BURNS, DueConsents, until, WELL } from '../testing/due-consents.harness.js';

jest.setTimeout(60_000);

interface Written {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}
const written = (dataSource: DataSource): Promise<Written[]> =>
  dataSource.query<Written[]>('SELECT type, data FROM hub.hub_event ORDER BY position');

describe('events of the hub', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.open();
  });
  afterEach(() => database.drop());

  it('report once for all hubs a certificate that ends, at 30, 14, 7 and 1 days', async () => {
    let days = 40;
    const certificate = () => ({
      brand: 'banx',
      fingerprint: 'ab12',
      subject: 'CN=tpp',
      notAfter: new Date('2027-01-01T00:00:00Z'),
      secondsLeft: days * 86_400 - 60,
    });
    const certificates = { list: () => [certificate() as unknown as ClientCertificate] };
    const hub = () =>
      new CertificateExpiryJob(certificates as unknown as ClientCertificates, new HubEvents(), dataSource);
    for (const left of [40, 30, 29, 14, 8, 7, 1, 0]) {
      days = left;
      const hubs = [hub(), hub(), hub()];
      for (let times = 0; times < 2; times++) await Promise.all(hubs.map((each) => each.run()));
    }
    const events = await written(dataSource);
    expect(events.map(({ type, data }) => [type, data['days']])).toEqual(
      [30, 14, 7, 1].map((step) => ['hub.certificate_expiring', step]),
    );
    expect(events[0]?.data).toEqual({
      brand: 'banx',
      days: 30,
      fingerprint: 'ab12',
      subject: 'CN=tpp',
      not_after: '2027-01-01T00:00:00.000Z',
    });
  });

  it('report a key in the transaction that retires it, or not at all', async () => {
    const keys = new VaultKeyRepository(dataSource);
    const record = (id: string) =>
      keys.retire(id, (tx) => new HubEvents().record(tx, 'hub.vault_key_retired', { key_id: id }));
    await keys.noteEnvironmentKey('k1');
    await expect(
      keys.retire('k1', () => Promise.reject(new Error('the event is not written'))),
    ).rejects.toThrow('not written');
    expect([await record('k1'), await record('k1'), await record('k2')]).toEqual([true, false, false]);
    expect(await written(dataSource)).toEqual([{ type: 'hub.vault_key_retired', data: { key_id: 'k1' } }]);
  });
});

describe('a circuit breaker of refreshes', () => {
  it('reports once, for all replicas, that refreshes pause, and that they continue', async () => {
    const harness = await DueConsents.build();
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(60, 'belfius');
    const replicas = [await harness.replica({ canaryMs: 1 }), await harness.replica({ canaryMs: 1 })];
    const sweep = () => Promise.all(replicas.map(({ job }) => job.run()));
    await until(async () => {
      await sweep();
      return harness.bank.callsTo(ids) >= 7;
    });
    harness.bank.mood.belfius = WELL;
    await until(async () => {
      await sweep();
      return (await harness.circuitBreakerOf('belfius')).status === 'closed';
    });
    expect(await written(harness.dataSource)).toEqual([
      {
        type: 'hub.refreshes_paused',
        data: { brand: 'belfius', reason: 'refreshes_failed', failures: 5, window: 20 },
      },
      { type: 'hub.refreshes_resumed', data: { brand: 'belfius', reason: 'refreshes_succeeded' } },
    ]);
    await harness.close();
  });
});
