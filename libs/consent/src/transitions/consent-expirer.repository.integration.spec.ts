import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ConsentExpirer, DESTROY_SCA_TOKENS } from './consent-expirer.repository.js';
import { CONSENT_ENTITIES } from '../consent.module.js';

const BATCH = 100;
const PAIRS = 20_000;

describe('SCA tokens after their hour', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let given: GivenConsents;
  let expirer: ConsentExpirer;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.open(CONSENT_ENTITIES);
    given = new GivenConsents(dataSource);
    expirer = new ConsentExpirer(dataSource);
  });
  afterEach(() => database.drop());

  /** A live consent whose SCA token has so many seconds left. */
  const withScaToken = async (secondsLeft: number): Promise<string> => {
    const id = await given.live(await given.caller());
    await dataSource.query(
      `UPDATE hub.token_pair SET sca_token = 'sealed', sca_token_expires_at = now() + make_interval(secs => $2)
        WHERE consent_id = $1`,
      [id, secondsLeft],
    );
    return id;
  };
  const pairOf = async (id: string) => (await given.consents.find(id))?.tokenPair;

  it('are destroyed, and nothing else of their pairs is', async () => {
    const id = await withScaToken(-1);
    const before = await pairOf(id);
    expect(await expirer.destroyScaTokens(BATCH)).toBe(1);
    expect(await pairOf(id)).toEqual({ ...before, scaToken: null, scaTokenExpiresAt: null });
  });

  it('stay until then', async () => {
    const id = await withScaToken(60);
    const before = await pairOf(id);
    expect(await expirer.destroyScaTokens(BATCH)).toBe(0);
    expect(await pairOf(id)).toEqual(before);
  });

  it('go in batches, the longest over first', async () => {
    const [later, first, second] = [await withScaToken(-1), await withScaToken(-30), await withScaToken(-20)];
    expect(await expirer.destroyScaTokens(2)).toBe(2);
    expect(await Promise.all([later, first, second].map(pairOf))).toMatchObject([
      { scaToken: expect.any(Buffer) },
      { scaToken: null },
      { scaToken: null },
    ]);
    expect(await expirer.destroyScaTokens(2)).toBe(1);
  });

  it('do not wait for a consent whose pair is being refreshed', async () => {
    const [held, free] = [await withScaToken(-1), await withScaToken(-1)];
    await dataSource.transaction(async (tx) => {
      await tx.query(`SELECT FROM hub.token_pair WHERE consent_id = $1 FOR UPDATE`, [held]);
      expect(await expirer.destroyScaTokens(BATCH)).toBe(1);
    });
    expect(await pairOf(free)).toMatchObject({ scaToken: null });
    expect(await expirer.destroyScaTokens(BATCH)).toBe(1);
    expect(await pairOf(held)).toMatchObject({ scaToken: null });
  });

  it('are each destroyed by one of several replicas', async () => {
    await Promise.all(Array.from({ length: 20 }, () => withScaToken(-1)));
    const counts = await Promise.all(Array.from({ length: 4 }, () => expirer.destroyScaTokens(BATCH)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(20);
  });

  it('are found by an index that holds them alone, however many pairs there are', async () => {
    const id = await withScaToken(-1);
    await dataSource.transaction(async (tx) => {
      // The copies belong to no consent.
      await tx.query(`SET LOCAL session_replication_role = replica`);
      await tx.query(
        `INSERT INTO hub.token_pair (consent_id, brand, generation, key_id, issued_at, access_expires_at)
         SELECT gen_random_uuid(), brand, generation, key_id, issued_at, access_expires_at
           FROM hub.token_pair, generate_series(1, $2) WHERE consent_id = $1`,
        [id, PAIRS],
      );
    });
    await dataSource.query(`ANALYZE hub.token_pair`);
    const rows = await dataSource.query<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN (ANALYZE) ${DESTROY_SCA_TOKENS}`,
      [BATCH],
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(
      /Index Scan using token_pair_sca_token_due .*\n.*Index Cond: .*sca_token_expires_at/,
    );
    expect(plan).not.toContain('Seq Scan');
    const [size] = await dataSource.query<{ pages: number }[]>(
      `SELECT pg_relation_size('hub.token_pair_sca_token_due')::int / 8192 AS pages`,
    );
    expect(size?.pages).toBeLessThanOrEqual(2);
  });
});
