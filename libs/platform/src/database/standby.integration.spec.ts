import { setImmediate } from 'node:timers/promises';
import { connectAsOwner, createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { Client } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { operatorFault } from '../boot/operator-fault.js';
import { databaseEvents, StandbyReachedError } from './database-events.js';
import { databaseOptions } from './database-options.js';
import { isDatabaseOutage } from './database-outage.js';
import { LookupPool } from './lookup-pool.js';

jest.setTimeout(30_000);
let database: TestDatabase;
let admin: Client;
beforeEach(async () => {
  database = await createTestDatabase();
  admin = await connectAsOwner(database.url);
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

const dataSource = () => new DataSource(databaseOptions(database.url, 'standby', []));
/** What sessions find that begin from now on. */
const takesWrites = async (takes: boolean): Promise<void> => {
  await admin.query(
    `ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET default_transaction_read_only TO ${!takes}`,
  );
};
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const connectionsOf = async (application: string): Promise<unknown[]> =>
  (
    await admin.query<object>(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
      [application],
    )
  ).rows;

describe('a server that takes no writes', () => {
  it('is refused by a new connection, which is closed', async () => {
    await takesWrites(false);
    const reached = databaseEvents.standbyReached;
    const error = await failureOf(dataSource().initialize());
    expect(error).toBeInstanceOf(StandbyReachedError);
    expect(isDatabaseOutage(error)).toBe(true);
    expect(operatorFault(error as Error)).toMatch(/^DATABASE_URL does not lead to a database: .*standby/);
    expect(databaseEvents.standbyReached).toBe(reached + 1);
    while ((await connectionsOf('standby')).length > 0);
  });

  it('is refused for lookups too, until it takes writes', async () => {
    await takesWrites(false);
    const lookups = new LookupPool(database.url, 'standby');
    expect(await failureOf(lookups.query('SELECT 1'))).toBeInstanceOf(StandbyReachedError);
    expect(lookups.totalCount).toBe(0);
    await takesWrites(true);
    expect((await lookups.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await lookups.end();
  });

  it('is left by a connection to which it has refused a write', async () => {
    const hub = await dataSource().initialize();
    const process = async (runner: QueryRunner) => {
      const [row] = (await runner.query(`SELECT pg_backend_pid() AS pid`)) as { pid: number }[];
      return row?.pid;
    };
    const runner = hub.createQueryRunner();
    const first = await process(runner);
    await runner.query(`SET default_transaction_read_only TO on`);
    const error = await failureOf(runner.query('CREATE TABLE refused ()'));
    expect(error).toMatchObject({ driverError: { code: '25006' } });
    expect(isDatabaseOutage(error)).toBe(true);
    await runner.release();
    const next = hub.createQueryRunner();
    expect(await process(next)).not.toBe(first);
    await next.query('CREATE TABLE taken ()');
    await next.release();
    await hub.destroy();
  });
});

describe('lookups on a server that is made a standby', () => {
  let lookups: LookupPool;
  beforeEach(async () => {
    lookups = new LookupPool(database.url, 'standby');
    // Both of its sessions, which think themselves on a standby from now on.
    await Promise.all([1, 2].map(() => lookups.query(`SET default_transaction_read_only TO on`)));
  });
  afterEach(() => lookups.end());
  const isStale = async (): Promise<boolean> =>
    (await lookups.query<{ stale: string }>(`SELECT current_setting('transaction_read_only') AS stale`))
      .rows[0]?.stale === 'on';

  it('leave it within seconds, though nothing fails on it', async () => {
    expect(await isStale()).toBe(true);
    const until = performance.now() + 10_000;
    // What is asked at that very moment fails with its connection.
    while (await isStale().catch(() => true)) {
      if (performance.now() > until) throw new Error('lookups still ask the standby');
      await setImmediate();
    }
    expect(await Promise.all([isStale(), isStale()])).toEqual([false, false]);
  });

  it('leave it at once when they are asked to verify it', async () => {
    expect(await failureOf(lookups.verifyServer())).toBeInstanceOf(StandbyReachedError);
    expect(await Promise.all([isStale(), isStale()])).toEqual([false, false]);
    expect(await failureOf(lookups.verifyServer())).toBeUndefined();
  });

  it('leave it when they are renewed, and fail the queries that were waiting on it', async () => {
    const waiting = failureOf(lookups.query('SELECT pg_sleep(60)'));
    await setImmediate();
    expect(lookups.idleCount).toBe(1);
    lookups.renew();
    expect(isDatabaseOutage(await waiting)).toBe(true);
    expect(await isStale()).toBe(false);
  });
});
