import { Socket } from 'node:net';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { databaseEvents } from './database-events.js';
import { databaseOptions, LONGEST_SILENCE_MS } from './database-options.js';
import { isDatabaseOutage } from './database-outage.js';
import { LookupPool } from './lookup-pool.js';
import { poolOf } from './named-statement.js';
import { HUB_LIMITS } from './session-settings.js';

jest.setTimeout(60_000);
/** For a machine that is busy with other tests. */
const SLACK_MS = 3_000;
let database: TestDatabase;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = await TcpProxy.start(Number(new URL(database.url).port));
});
afterEach(() => proxy.close());

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const takes = async (work: Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work;
  return performance.now() - from;
};

describe('a server that vanishes in silence', () => {
  const opened: DataSource[] = [];
  const open = async (limits = HUB_LIMITS) => {
    const dataSource = await new DataSource(
      databaseOptions(proxy.through(database.url), 'silence', [], { limits }),
    ).initialize();
    opened.push(dataSource);
    return dataSource;
  };
  afterEach(async () => {
    proxy.pass();
    proxy.reset();
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
  });

  it('is noticed by a statement within seconds, and no connection to it is used again', async () => {
    const dataSource = await open();
    const [reader, idle] = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all([reader.connect(), idle.connect()]);
    const silences = databaseEvents.silences;
    proxy.swallow();
    const asked = failureOf(reader.query('SELECT 1'));
    expect(await takes(asked)).toBeLessThan(LONGEST_SILENCE_MS + SLACK_MS);
    expect(isDatabaseOutage(await asked)).toBe(true);
    proxy.pass();
    // What was open and not asked is closed too: its user gets an error at once, and opens another.
    const later = failureOf(idle.query('SELECT 1'));
    expect(await takes(later)).toBeLessThan(SLACK_MS);
    expect(isDatabaseOutage(await later)).toBe(true);
    await Promise.all([reader.release(), idle.release()]);
    expect(await dataSource.query('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    expect(poolOf(dataSource).totalCount).toBe(1);
    expect(databaseEvents.silences).toBe(silences + 1);
  });

  it('is noticed by a connection that cannot be made, and those that were made before are closed', async () => {
    const dataSource = await open();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    proxy.swallow();
    const refused = failureOf(dataSource.query('SELECT 1'));
    expect(await takes(refused)).toBeLessThan(LONGEST_SILENCE_MS);
    expect(isDatabaseOutage(await refused)).toBe(true);
    const inside = failureOf(runner.query('SELECT 1'));
    expect(await takes(inside)).toBeLessThan(SLACK_MS);
    expect(isDatabaseOutage(await inside)).toBe(true);
  });

  it('fails a transaction that waits for its commit, and all that wait behind it, together', async () => {
    const dataSource = await open({ ...HUB_LIMITS, silenceMs: 500 });
    const silences = databaseEvents.silences;
    const runners = Array.from({ length: 5 }, () => dataSource.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.startTransaction()));
    proxy.swallow();
    const failures = await Promise.all(runners.map((runner) => failureOf(runner.commitTransaction())));
    expect(failures.map(isDatabaseOutage)).toEqual([true, true, true, true, true]);
    await Promise.all(runners.map((runner) => runner.release()));
    expect(databaseEvents.silences).toBe(silences + 1);
  });

  it('is asked for by the kernel while a connection is quiet', async () => {
    const keepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive');
    await open();
    expect(keepAlive).toHaveBeenCalledWith(true, 5_000);
    keepAlive.mockRestore();
  });
});

describe('lookups', () => {
  let pool: LookupPool;
  beforeEach(() => (pool = new LookupPool(proxy.through(database.url), 'silence')));
  afterEach(() => pool.end());

  it('notice a silent server within three seconds, and are answered as soon as one is there', async () => {
    await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1')]);
    proxy.swallow();
    const asked = failureOf(pool.query('SELECT 1'));
    expect(await takes(asked)).toBeLessThan(3_000 + SLACK_MS);
    expect(isDatabaseOutage(await asked)).toBe(true);
    proxy.pass();
    expect(await takes(pool.query('SELECT 1'))).toBeLessThan(SLACK_MS);
  });

  it('notice it without a query', async () => {
    await pool.query('SELECT 1');
    const closed = new Promise((resolve) => pool.once('remove', resolve));
    proxy.swallow();
    await closed;
    proxy.pass();
    expect(await takes(pool.query('SELECT 1'))).toBeLessThan(SLACK_MS);
  });
});
