import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { DOUBLE_SPENDS, DoubleSpendsQuery } from './double-spends.query.js';

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

const request = (consentId: string, status: string, sentAgo: number, settledAgo: number | null, n = 5) =>
  dataSource.query(
    `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, sent_at,
            lease_ends_at, settled_at)
     VALUES ((lpad(to_hex(floor(extract(epoch FROM now() - make_interval(secs => $3)) * 1000)::bigint), 12, '0')
              || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid,
             $1, 'banx', 'refresh_token', $2, $5, gen_random_uuid(), 'test', now() - make_interval(secs => $3), now(),
             now() - make_interval(secs => $4))`,
    [consentId, status, sentAgo, settledAgo, n],
  );

describe('the journal', () => {
  const spends = () => new DoubleSpendsQuery(dataSource).count(7);

  it('shows no double spend where each pair was spent once, probed, or refused and sent again', async () => {
    const id = await new GivenConsents(dataSource).live(await new GivenConsents(dataSource).caller());
    await request(id, 'committed', 900, 899, 1);
    await request(id, 'not_sent', 800, 799, 2);
    await request(id, 'committed', 790, 789, 2);
    await request(id, 'probed', 700, 650, 3);
    await request(id, 'committed', 640, 639, 3);
    // Its answer was found in a spool after the probe had been sent.
    await request(id, 'committed', 600, 500, 4);
    await request(id, 'refused', 550, 549, 4);
    expect(await spends()).toBe(0);
  });

  it('shows each call that spent a pair whose successor was stored', async () => {
    const given = new GivenConsents(dataSource);
    const id = await given.live(await given.caller());
    await request(id, 'committed', 900, 899);
    await request(id, 'refused', 800, 799);
    await request(id, 'overtaken', 700, 699);
    expect(await spends()).toBe(2);
    await request(id, 'refused', 86_400 * 8, 86_400 * 8, 9);
    expect(await spends()).toBe(2);
  });
});

describe('the search for double spends', () => {
  beforeAll(async () => {
    await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(
        `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, sent_at,
                lease_ends_at, settled_at)
         SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(n::text), 13))::uuid,
                md5((n % 2000)::text)::uuid, 'banx', 'refresh_token', CASE WHEN n % 500 = 0 THEN 'refused' ELSE 'committed' END,
                1 + n / 2000, gen_random_uuid(), 'test', at, at, at
           FROM generate_series(1, 40000) n, LATERAL (SELECT now() - make_interval(secs => n * 60) AS at) moment`,
      );
    });
    await dataSource.query('VACUUM ANALYZE hub.token_request');
  });

  it('finds calls that did not end as usual by their index, and the others of their consents by theirs', async () => {
    const plan = await planOf(DOUBLE_SPENDS, [7]);
    expect(plan).not.toContain('Seq Scan on token_request');
    expect(plan).toContain('token_request_consent');
  });
});
