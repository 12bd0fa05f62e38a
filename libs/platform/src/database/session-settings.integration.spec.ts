import { connectAsOwner, createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { Client } from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import { databaseOptions } from './database-options.js';
import { isLockTimeout, isStatementTimeout } from './database-outage.js';
import { LookupPool } from './lookup-pool.js';
import { runNamed } from './named-statement.js';
import { HUB_LIMITS } from './session-settings.js';

jest.setTimeout(30_000);
interface Entry {
  id: number;
  at: Date;
  sealed: Buffer;
}
const Entry = new EntitySchema<Entry>({
  name: 'Entry',
  tableName: 'entry',
  schema: 'public',
  columns: {
    id: { type: 'integer', primary: true },
    at: { type: 'timestamptz' },
    sealed: { type: 'bytea' },
  },
});
const AT = new Date('2026-02-03T04:05:06.789Z');
const SEALED = Buffer.from([0, 1, 39, 92, 127, 128, 255]);

let database: TestDatabase;
let hub: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectAsOwner(database.url);
  await owner.query('CREATE TABLE public.entry (id integer PRIMARY KEY, at timestamptz, sealed bytea)');
  await owner.end();
  hub = await new DataSource(databaseOptions(database.url, 'session', [Entry])).initialize();
});
afterAll(async () => {
  await hub.destroy();
  await database.drop();
});

describe('the database of an integration test', () => {
  it('is set against the apps, as a session without settings of its own finds', async () => {
    // With its time limit of one millisecond, it would say nothing on a busy machine.
    const bare = new Client({ connectionString: database.url, options: '-c statement_timeout=0' });
    await bare.connect();
    const shown: Record<string, unknown> = {};
    for (const name of [
      'DateStyle',
      'TimeZone',
      'IntervalStyle',
      'bytea_output',
      'search_path',
      'lock_timeout',
    ]) {
      const { rows } = await bare.query<Record<string, unknown>>(
        `SELECT current_setting('${name}') AS value`,
      );
      shown[name] = rows[0]?.['value'];
    }
    await bare.end();
    expect(shown).toEqual({
      DateStyle: 'German, DMY',
      TimeZone: 'Europe/Brussels',
      IntervalStyle: 'sql_standard',
      bytea_output: 'escape',
      search_path: 'pg_catalog',
      lock_timeout: '1ms',
    });
  });
});

describe('a session of the hub', () => {
  it('writes and reads times and bytes in the same way with any settings of its database', async () => {
    await hub.getRepository(Entry).insert({ id: 1, at: AT, sealed: SEALED });
    await runNamed(hub, { name: 'insert', text: 'INSERT INTO entry VALUES ($1, $2, $3)' }, [2, AT, SEALED]);
    const read = await hub.getRepository(Entry).find({ order: { id: 'ASC' } });
    const named = await runNamed(hub, { name: 'read', text: 'SELECT * FROM entry ORDER BY id' }, []);
    for (const rows of [read, named]) {
      expect(rows).toEqual([
        { id: 1, at: AT, sealed: SEALED },
        { id: 2, at: AT, sealed: SEALED },
      ]);
    }
    const [text] = await hub.query<object[]>(
      `SELECT '2026-02-03 04:05:06Z'::timestamptz::text AS at, '02/03/2026'::date::text AS day,
              interval '1 day 2 hours'::text AS "for", current_setting('transaction_isolation') AS isolation`,
    );
    expect(text).toEqual({
      at: '2026-02-03 04:05:06+00',
      day: '2026-02-03',
      for: '1 day 02:00:00',
      isolation: 'read committed',
    });
  });

  it('counts days of 24 hours, also where the clocks of its database change', async () => {
    const [row] = await hub.query<object[]>(
      `SELECT '2027-03-27 12:00Z'::timestamptz + make_interval(days => 1) AS spring,
              '2027-10-30 12:00Z'::timestamptz + interval '1 day' AS autumn,
              '2027-03-28 12:00Z'::timestamptz - interval '30 days' AS before`,
    );
    expect(row).toEqual({
      spring: new Date('2027-03-28T12:00:00Z'),
      autumn: new Date('2027-10-31T12:00:00Z'),
      before: new Date('2027-02-26T12:00:00Z'),
    });
  });

  it('finds the same by lookups', async () => {
    const lookups = new LookupPool(database.url, 'session');
    await hub.query('INSERT INTO entry VALUES (3, $1, $2)', [AT, SEALED]);
    const { rows } = await lookups.query('SELECT at, sealed FROM entry WHERE id = 3');
    expect(rows).toEqual([{ at: AT, sealed: SEALED }]);
    await lookups.end();
  });

  it('has plans and limits of its own, also together with options of the URL', async () => {
    const url = `${database.url}?options=-c%20work_mem%3D8MB%20-c%20lock_timeout%3D1h`;
    const own = await new DataSource(databaseOptions(url, 'session', [])).initialize();
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const shown: unknown[] = [];
    for (const name of [...names, 'enable_seqscan', 'jit', 'work_mem', 'client_encoding']) {
      const [row] = await own.query<Record<string, string>[]>(`SHOW ${name}`);
      shown.push(row?.[name]);
    }
    expect(shown).toEqual(['5s', '2s', '10s', 'off', 'off', '8MB', 'UTF8']);
    await own.destroy();
  });
});

describe('a statement', () => {
  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  it('that waits for a lock fails as one that did', async () => {
    const holder = hub.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE public.entry');
    const error = await failureOf(hub.query('DELETE FROM entry WHERE id = 0'));
    expect([isLockTimeout(error), isStatementTimeout(error)]).toEqual([true, false]);
    await holder.rollbackTransaction();
    await holder.release();
  });

  it('that runs too long fails as one that did, and its connection is used again', async () => {
    const limits = { ...HUB_LIMITS, statementMs: 1_000 };
    const own = await new DataSource(databaseOptions(database.url, 'session', [], { limits })).initialize();
    const runner = own.createQueryRunner();
    const error = await failureOf(runner.query('SELECT pg_sleep(60)'));
    expect([isLockTimeout(error), isStatementTimeout(error)]).toEqual([false, true]);
    expect(await runner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await runner.release();
    await own.destroy();
  });
});
