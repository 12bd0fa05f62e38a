import { createTestDatabase, TcpProxy, type TestDatabase } from '@consent-hub/testing';
import { DataSource } from 'typeorm';
import { databaseOptions } from './database-options.js';
import { isDatabaseOutage } from './database-outage.js';
import { LookupPool } from './lookup-pool.js';

jest.setTimeout(60_000);
let database: TestDatabase;
let first: TcpProxy;
let second: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  const port = Number(new URL(database.url).port);
  [first, second] = [await TcpProxy.start(port), await TcpProxy.start(port)];
});
afterEach(() => Promise.all([first.close(), second.close()]));

const bothHosts = (): string => {
  const { username, password, pathname } = new URL(database.url);
  const hosts = [first, second].map(({ port }) => `127.0.0.1:${port}`).join();
  return `postgres://${username}:${password}@${hosts}${pathname}?target_session_attrs=read-write`;
};

describe('a database with two hosts', () => {
  let hub: DataSource;
  let lookups: LookupPool;
  beforeEach(() => {
    hub = new DataSource(databaseOptions(bothHosts(), 'hosts', []));
    lookups = new LookupPool(bothHosts(), 'hosts');
  });
  afterEach(async () => {
    if (hub.isInitialized) await hub.destroy();
    await lookups.end();
  });
  const led = () => [first.connections > 0, second.connections > 0];
  const bothAsk = () => Promise.all([hub.query('SELECT 1'), lookups.query('SELECT 1')]);

  it('is reached at the first that answers', async () => {
    await hub.initialize();
    await bothAsk();
    expect(led()).toEqual([true, false]);
  });

  it.each([
    ['refuses', () => first.refuse()],
    ['says nothing', () => first.swallow()],
  ])(
    'is reached at the second when the first %s, and stays there when the first is back',
    async (_what, fail) => {
      fail();
      await hub.initialize();
      await bothAsk();
      expect(led()).toEqual([false, true]);
      first.pass();
      await Promise.all([bothAsk(), bothAsk(), bothAsk()]);
      expect(led()).toEqual([false, true]);
    },
  );

  it('is reached at the other host when the one that was good breaks, and again at the first after that', async () => {
    await hub.initialize();
    await bothAsk();
    first.refuse();
    first.reset();
    await Promise.allSettled([bothAsk()]);
    await bothAsk();
    expect(led()).toEqual([false, true]);
    first.pass();
    second.refuse();
    second.reset();
    await Promise.allSettled([bothAsk()]);
    await bothAsk();
    expect(led()).toEqual([true, false]);
  });

  it('is away when no host is good', async () => {
    first.refuse();
    second.refuse();
    const errors = await Promise.all(
      [hub.initialize(), lookups.query('SELECT 1')].map((work) =>
        (work as Promise<unknown>).catch((error: unknown) => error),
      ),
    );
    expect(errors.map(isDatabaseOutage)).toEqual([true, true]);
  });
});
