import { MigratedDatabase } from '@consent-hub/platform';
import {
  createEmptyDatabase,
  createTestDatabase,
  describeSchema,
  hubEnvironment,
  migrateDatabase,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(60_000);

describe('the migrations of the hub', () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  it('can be taken back one by one, to nothing, and made again', async () => {
    database = await createTestDatabase();
    const migrated = await new MigratedDatabase(database.url, HUB_SCHEMA).initialize();
    const [before, bank] = [await describeSchema(migrated, 'hub'), await describeSchema(migrated, 'bank')];
    expect(before.length).toBeGreaterThan(0);
    for (let left = HUB_SCHEMA.migrations.length; left > 0; left--) await migrated.undoLastMigration();
    expect(await describeSchema(migrated, 'hub')).toEqual([]);
    await migrated.runMigrations();
    expect(await describeSchema(migrated, 'hub')).toEqual(before);
    expect(await describeSchema(migrated, 'bank')).toEqual(bank);
    await migrated.destroy();
  });

  it('make nothing of the sandbox bank, and the hub starts on what they made', async () => {
    database = await createEmptyDatabase();
    await migrateDatabase(database.url, HUB_SCHEMA);
    const dataSource = await database.open();
    expect(await describeSchema(dataSource, 'bank')).toEqual([]);
    const tables = await dataSource.query('SELECT tablename FROM pg_tables WHERE schemaname = $1', [
      'public',
    ]);
    expect(tables).toEqual([{ tablename: 'hub_migration' }]);
    const app = await createHub(hubEnvironment(database.url), {
      bankClient: new ScriptedBank(),
      logDestination: { write: () => undefined },
    });
    const ready = await app.inject({ method: 'GET', url: '/health/ready' });
    await app.close();
    expect(ready.statusCode).toBe(200);
  });
});
