import { connectAsOwner, createTestDatabase, TcpProxy, type TestDatabase } from '@consent-hub/testing';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { databaseOptions } from './database-options.js';
import { LookupPool } from './lookup-pool.js';
import { runNamed } from './named-statement.js';
import { HUB_LIMITS, indexedSession, SessionSettingsError } from './session-settings.js';

jest.setTimeout(30_000);
const ROLE = `pooled_${process.pid}`;
const STATEMENT = { name: 'a-named-statement', text: 'SELECT $1::integer AS given' };
let database: TestDatabase;
let owner: Client;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectAsOwner(database.url);
  await owner.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'pooled'`);
  // The database allows a statement one millisecond, in which a busy machine does not always read what is set.
  await owner.query(`ALTER ROLE ${ROLE} SET statement_timeout TO '11s'`);
});
afterAll(async () => {
  await owner.query(`DROP ROLE ${ROLE}`);
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  proxy = await TcpProxy.start(Number(new URL(database.url).port));
});
afterEach(() => proxy.close());

const url = () =>
  Object.assign(new URL(proxy.through(database.url)), { username: ROLE, password: 'pooled' }).href;
const hub = () => new DataSource(databaseOptions(url(), 'pooled', [], { pooler: 'transaction' }));

describe('connections through a pooler in transaction mode', () => {
  it('are refused while their role does not bring the settings, and the error says how to set them', async () => {
    const error: unknown = await hub()
      .initialize()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionSettingsError);
    const statements = String(error)
      .split('\n')
      .filter((line) => line.startsWith('ALTER ROLE'));
    for (const statement of statements) await owner.query(statement.replace('CURRENT_USER', ROLE));
    const dataSource = await hub().initialize();
    await dataSource.destroy();
  });

  it('send no startup parameter and no named statement', async () => {
    for (const [name, value] of Object.entries(indexedSession(HUB_LIMITS))) {
      await owner.query(`ALTER ROLE ${ROLE} SET ${name} TO ${name === 'DateStyle' ? value : `'${value}'`}`);
    }
    const dataSource = await hub().initialize();
    const lookups = new LookupPool(url(), 'pooled', 'transaction');
    const given = await Promise.all([
      runNamed(dataSource, STATEMENT, [1]),
      dataSource.transaction((tx) => runNamed(tx, STATEMENT, [2])),
      runNamed(lookups, STATEMENT, [3]),
    ]);
    expect(given).toEqual([[{ given: 1 }], [{ given: 2 }], [{ given: 3 }]]);
    expect(proxy.sentText).toContain(STATEMENT.text);
    expect(proxy.sentText).not.toContain(STATEMENT.name);
    // A startup message begins with the version of the protocol, 3.0, and ends with an empty name.
    const version = String.fromCharCode(0, 3, 0, 0);
    const parameters = [...proxy.sentText.matchAll(new RegExp(`${version}(.*?)\0\0`, 'g'))].map(([, sent]) =>
      sent?.split('\0').filter((_, index) => index % 2 === 0),
    );
    expect(parameters.length).toBeGreaterThanOrEqual(2);
    for (const names of parameters) {
      expect(names?.sort()).toEqual(['application_name', 'client_encoding', 'database', 'user']);
    }
    await lookups.end();
    await dataSource.destroy();
  });
});
