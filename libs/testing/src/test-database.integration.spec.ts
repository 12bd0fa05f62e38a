import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@consent-hub/platform';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { BANK_SCHEMA } from '../../../migrations/sandbox-bank/index.js';
import { dumpDatabase } from './dump-database.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

const insertClient = `
  WITH client AS (
    INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, $2, ARRAY['admin']) RETURNING id
  )
  INSERT INTO hub.api_client_key (id, api_client_id, key_hash) SELECT id, id, $3 FROM client`;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('a test database', () => {
  const databases: TestDatabase[] = [];
  const create = async (): Promise<TestDatabase> => {
    const database = await createTestDatabase();
    databases.push(database);
    return database;
  };
  afterEach(async () => {
    await Promise.all(databases.splice(0).map((database) => database.drop()));
  });

  it('holds every migration of both apps', async () => {
    const dataSource = await (await create()).open();
    for (const { migrationTable, migrations } of [HUB_SCHEMA, BANK_SCHEMA]) {
      const rows = await dataSource.query<{ name: string }[]>(
        `SELECT name FROM ${migrationTable} ORDER BY timestamp`,
      );
      expect(rows.map((row) => row.name)).toEqual(migrations.map(({ name }) => name));
    }
  });

  it('shares nothing with one that is made at the same moment', async () => {
    const [first, second] = await Promise.all([create(), create()]);
    const [here, there] = await Promise.all([first.open(), second.open()]);
    await here.query(insertClient, [newId(), 'platform', hash('key')]);
    expect(await here.query('SELECT name FROM hub.api_client')).toHaveLength(1);
    expect(await there.query('SELECT name FROM hub.api_client')).toHaveLength(0);
  });

  it('is made eight times at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, create));
    expect(new Set(made.map((database) => database.url)).size).toBe(8);
  });

  it('is gone after the drop, also under an open connection', async () => {
    const [watcher, dropped] = await Promise.all([create(), create()]);
    await dropped.open();
    await dropped.drop();
    const name = new URL(dropped.url).pathname.slice(1);
    const left = await (await watcher.open()).query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    expect(left).toHaveLength(0);
  });
});

describe('the dump of a database', () => {
  it('shows texts, arrays and bytes in every form in which a secret could be left', async () => {
    const database = await createTestDatabase();
    try {
      const dataSource = await database.open();
      // 32 bytes, as the column demands: a secret stored without being hashed.
      const secret = randomBytes(16).toString('hex');
      await dataSource.query(insertClient, [newId(), 'platform', Buffer.from(secret)]);
      const dump = await dumpDatabase(database.url);
      expect(dump).toContain('"hub"."api_client": ');
      expect(dump).toContain('name=platform');
      expect(dump).toContain('permissions={admin}');
      expect(dump).toContain(secret);
      expect(dump).toContain(Buffer.from(secret).toString('hex'));
    } finally {
      await database.drop();
    }
  });
});
