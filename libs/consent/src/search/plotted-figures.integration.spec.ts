import { BRANDS } from '@consent-hub/psd2-protocol';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from '../consent.module.js';
import { PAUSES_AND_RESUMPTIONS } from '../events/refresh-pauses.query.js';
import { DUE_CURVE } from './due-curve.query.js';

jest.setTimeout(180_000);

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
});
afterAll(() => database.drop());

const planOf = async (sql: string, values: unknown[]): Promise<string> =>
  (await dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, values))
    .map((row) => row['QUERY PLAN'])
    .join('\n');

describe('what plots of the console ask for', () => {
  beforeAll(async () => {
    const given = new GivenConsents(dataSource);
    await given.live(await given.caller());
    await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(
        `INSERT INTO hub.hub_event (position, at, type, data, hash)
         SELECT -n, now() - make_interval(mins => n), CASE WHEN n % 100 = 0 THEN 'hub.refreshes_paused' ELSE 'hub.webhook_disabled' END,
                '{"brand": "banx"}', '\\x00' FROM generate_series(1, 20000) n`,
      );
      await tx.query(
        `INSERT INTO hub.token_pair
         SELECT (jsonb_populate_record(one.pair, jsonb_build_object('consent_id', md5('pair' || n)::uuid, 'refresh_due_at', now() + make_interval(mins => n)))).*
           FROM (SELECT t AS pair FROM hub.token_pair t LIMIT 1) one, generate_series(1, 20000) n`,
      );
    });
    await dataSource.query('VACUUM ANALYZE hub.hub_event, hub.token_pair');
  });

  it('finds pauses by the type and time of events', async () => {
    const plan = await planOf(PAUSES_AND_RESUMPTIONS, [720]);
    expect(plan).not.toContain('Seq Scan');
    expect(plan).toContain('hub_event_type');
  });

  it('reads of the due times those of a day', async () => {
    const plan = await planOf(DUE_CURVE, [BRANDS]);
    expect(plan).not.toContain('Seq Scan on token_pair');
    expect(plan).toContain('token_pair_refresh_due');
  });
});
