import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';

jest.setTimeout(60_000);
let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  const admin = await database.open();
  for (const drop of ['SCHEMA hub CASCADE', 'SCHEMA bank CASCADE', 'TABLE schema_migration']) {
    await admin.query(`DROP ${drop}`);
  }
});
afterEach(() => database.drop());

/** What each process of the TypeORM CLI works on: a data source of its own. */
async function migrator(): Promise<DataSource> {
  process.env['DATABASE_URL'] = database.url;
  jest.resetModules();
  const { default: dataSource } = await import('../../../ormconfig.js');
  return dataSource.initialize();
}

describe('migrations that are run', () => {
  it('by two at once on an empty database are applied once, and both end well', async () => {
    const both = [await migrator(), await migrator()];
    const runs = await Promise.all(both.map((dataSource) => dataSource.runMigrations()));
    expect(runs.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, MIGRATIONS.length]);
    for (const dataSource of both) await dataSource.destroy();
    const applied = await (await database.open()).query<object[]>('SELECT FROM schema_migration');
    expect(applied).toHaveLength(MIGRATIONS.length);
  });

  it('give up behind a lock after seconds, keep what was done, and go on when they are repeated', async () => {
    const dataSource = await migrator();
    await dataSource.runMigrations();
    await dataSource.undoLastMigration();
    const holder = (await database.open()).createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE schema_migration');
    await expect(dataSource.runMigrations()).rejects.toMatchObject({ driverError: { code: '55P03' } });
    await holder.rollbackTransaction();
    await holder.release();
    expect(await dataSource.runMigrations()).toHaveLength(1);
    await dataSource.destroy();
  });
});
