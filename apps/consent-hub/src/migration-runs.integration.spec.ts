import { setTimeout as delay } from 'node:timers/promises';
import { ForeignSchemaError, MigratedDatabase } from '@consent-hub/platform';
import { connectAsOwner, createEmptyDatabase, describeSchema, type TestDatabase } from '@consent-hub/testing';
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

/** Takes migrations back, the newest first, until this one is. */
async function undo(dataSource: MigratedDatabase, name: string): Promise<void> {
  while ((await applied('hub_migration')).includes(name)) await dataSource.undoLastMigration();
}

/** @returns what gives the lock back */
async function lock(table: string, mode: 'ACCESS EXCLUSIVE' | 'ROW EXCLUSIVE'): Promise<() => Promise<void>> {
  const holder = await connectAsOwner(database.url);
  await holder.query('SET idle_in_transaction_session_timeout = 0');
  await holder.query('BEGIN');
  await holder.query(`LOCK TABLE ${table} IN ${mode} MODE`);
  return async () => {
    await holder.query('COMMIT');
    await holder.end();
  };
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

  it('give up behind a lock that is never released, keep what was done, and continue when they are repeated', async () => {
    const dataSource = await new MigratedDatabase(database.url, HUB_SCHEMA, 3_000).initialize();
    await dataSource.runMigrations();
    await dataSource.undoLastMigration();
    const release = await lock('public.hub_migration', 'ACCESS EXCLUSIVE');
    await expect(dataSource.runMigrations()).rejects.toMatchObject({ driverError: { code: '55P03' } });
    await release();
    expect(await dataSource.runMigrations()).toHaveLength(1);
    await dataSource.destroy();
  });

  it('wait two seconds for a lock, let the hubs continue, and try again until they have it', async () => {
    const dataSource = await migrator();
    await dataSource.runMigrations();
    await undo(dataSource, 'CreateRoles1795401500000');
    const release = await lock('hub.token_pair', 'ROW EXCLUSIVE');
    const run = dataSource.runMigrations();
    // Behind a migration that waits for its lock even a read waits: for two seconds, then the migration makes way.
    const reader = await connectAsOwner(database.url);
    await delay(1_000);
    const startedAt = performance.now();
    await reader.query('SELECT count(*) FROM hub.token_pair');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await reader.end();
    await delay(2_000);
    await release();
    await run;
    expect(await applied('hub_migration')).toEqual(HUB_SCHEMA.migrations.map(({ name }) => name));
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
