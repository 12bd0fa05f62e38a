import { connectAsOwner, createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { JointLookups } from './joint-lookups.js';
import { LookupPool } from './lookup-pool.js';

jest.setTimeout(30_000);
let database: TestDatabase;
let pool: LookupPool;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => (pool = new LookupPool(database.url, 'lookups')));
afterEach(async () => {
  if (!pool.ended) await pool.end();
});

describe('connections for lookups', () => {
  it('are cut short by Postgres, plan once, and scan no table', async () => {
    const settings = ['statement_timeout', 'plan_cache_mode', 'enable_seqscan'].map(
      async (name) => (await pool.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name],
    );
    expect(await Promise.all(settings)).toEqual(['2s', 'force_generic_plan', 'off']);
  });

  it('are opened anew when they break while they are not used', async () => {
    await pool.query('SELECT 1');
    const broken = new Promise((resolve) => pool.once('error', resolve));
    const other = await connectAsOwner(database.url);
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lookups'`,
    );
    await other.end();
    await broken;
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('are closed with the app', async () => {
    await pool.query('SELECT 1');
    await pool.onApplicationShutdown();
    expect(pool.totalCount).toBe(0);
  });
});

describe('lookups of several kinds', () => {
  it('share a statement, and each gets rows of its own kind alone', async () => {
    const lookups = new JointLookups(pool);
    const select = (table: string, key: string, value: string) => (keys: string) =>
      `SELECT ${key}, ${value} FROM (VALUES ('same', '${table} of same'), ('a', '${table} of a')) v (${key}, ${value})
        WHERE ${key} = ANY (${keys})`;
    const findOne = lookups.add({ key: 'one', select: select('one', 'one', 'first') });
    const findTwo = lookups.add({ key: 'two', select: select('two', 'two', 'second') });
    const statements = jest.spyOn(pool, 'query');
    expect(
      await Promise.all([findOne('same'), findTwo('same'), findOne('a'), findTwo('gone'), findOne('same')]),
    ).toEqual([
      expect.objectContaining({ first: 'one of same' }),
      expect.objectContaining({ second: 'two of same' }),
      expect.objectContaining({ first: 'one of a' }),
      null,
      expect.objectContaining({ first: 'one of same' }),
    ]);
    expect(statements).toHaveBeenCalledTimes(1);
  });
});
