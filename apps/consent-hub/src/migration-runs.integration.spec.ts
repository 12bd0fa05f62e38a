import { ForeignSchemaError, type MigratedDatabase } from '@consent-hub/platform';
import { createEmptyDatabase, describeSchema, type TestDatabase } from '@consent-hub/testing';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { BANK_SCHEMA } from '../../../migrations/sandbox-bank/index.js';

jest.setTimeout(60_000);
let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

const CONFIGURATIONS = {
  hub: () => import('../../../ormconfig.js'),
  bank: () => import('../../../ormconfig.sandbox-bank.js'),
};

/** What each process of the TypeORM CLI works on: a data source of its own. */
async function migrator(app: keyof typeof CONFIGURATIONS = 'hub'): Promise<MigratedDatabase> {
  process.env['DATABASE_URL'] = database.url;
  jest.resetModules();
  const { default: dataSource } = await CONFIGURATIONS[app]();
  await dataSource.initialize();
  return dataSource;
}

/** Runs the migrations of all of them at once, and returns how many each has run. */
async function runAtOnce(...all: MigratedDatabase[]): Promise<number[]> {
  const runs = await Promise.all(all.map((dataSource) => dataSource.runMigrations()));
  for (const dataSource of all) await dataSource.destroy();
  return runs.map(({ length }) => length);
}

async function applied(table: string): Promise<string[]> {
  const rows = await (
    await database.open()
  ).query<{ name: string }[]>(`SELECT name FROM ${table} ORDER BY id`);
  return rows.map(({ name }) => name);
}

describe('migrations that are run', () => {
  it.each([
    ['hub', HUB_SCHEMA],
    ['bank', BANK_SCHEMA],
  ] as const)(
    'by two at once on an empty database are applied once, and both end well: %s',
    async (app, schema) => {
      const counts = await runAtOnce(await migrator(app), await migrator(app));
      expect(counts.sort((a, b) => a - b)).toEqual([0, schema.migrations.length]);
      expect(await applied(schema.migrationTable)).toEqual(schema.migrations.map(({ name }) => name));
    },
  );

  it('for both apps at once on an empty database are all applied', async () => {
    const counts = await runAtOnce(await migrator('bank'), await migrator('hub'));
    expect(counts).toEqual([BANK_SCHEMA.migrations.length, HUB_SCHEMA.migrations.length]);
    expect(await applied('hub_migration')).toHaveLength(HUB_SCHEMA.migrations.length);
    expect(await applied('bank_migration')).toHaveLength(BANK_SCHEMA.migrations.length);
  });

  it('give up behind a lock after seconds, keep what was done, and go on when they are repeated', async () => {
    const dataSource = await migrator();
    await dataSource.runMigrations();
    await dataSource.undoLastMigration();
    const holder = (await database.open()).createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE hub_migration');
    await expect(dataSource.runMigrations()).rejects.toMatchObject({ driverError: { code: '55P03' } });
    await holder.rollbackTransaction();
    await holder.release();
    expect(await dataSource.runMigrations()).toHaveLength(1);
    await dataSource.destroy();
  });

  it('refuse a schema that other migrations made, say how to start anew, and change nothing', async () => {
    const admin = await database.open();
    await admin.query('CREATE SCHEMA hub');
    await admin.query('CREATE TABLE hub.consent (id uuid)');
    const before = await describeSchema(admin, 'hub');
    const dataSource = await migrator();
    for (const work of [() => dataSource.runMigrations(), () => dataSource.undoLastMigration()]) {
      await expect(work()).rejects.toMatchObject({
        name: ForeignSchemaError.name,
        message: expect.stringContaining('npm run reset'),
      });
    }
    await dataSource.destroy();
    expect(await describeSchema(admin, 'hub')).toEqual(before);
    expect(await admin.query('SELECT FROM pg_tables WHERE schemaname = $1', ['public'])).toEqual([]);
  });
});
