import { databaseOptions, MigratedDatabase, openOwnDatabase } from '@consent-hub/platform';
import {
  createEmptyDatabase,
  createTestDatabase,
  describeSchema,
  migrateDatabase,
  type TestDatabase,
} from '@consent-hub/testing';
import { BANK_SCHEMA } from '../../../migrations/sandbox-bank/index.js';
import { BankModel, JAN } from '../testing/bank-model.harness.js';

jest.setTimeout(60_000);

describe('the migrations of the sandbox bank', () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  it('can be taken back one by one, to nothing, and made again', async () => {
    database = await createTestDatabase();
    const migrated = await new MigratedDatabase(database.url, BANK_SCHEMA).initialize();
    const [before, hub] = [await describeSchema(migrated, 'bank'), await describeSchema(migrated, 'hub')];
    expect(before.length).toBeGreaterThan(0);
    for (let left = BANK_SCHEMA.migrations.length; left > 0; left--) await migrated.undoLastMigration();
    expect(await describeSchema(migrated, 'bank')).toEqual([]);
    await migrated.runMigrations();
    expect(await describeSchema(migrated, 'bank')).toEqual(before);
    expect(await describeSchema(migrated, 'hub')).toEqual(hub);
    await migrated.destroy();
  });

  it('make nothing of the hub, and the bank issues tokens on what they made', async () => {
    database = await createEmptyDatabase();
    await migrateDatabase(database.url, BANK_SCHEMA);
    const dataSource = await openOwnDatabase(databaseOptions(database.url, 'sandbox-bank', []), BANK_SCHEMA);
    try {
      expect(await describeSchema(dataSource, 'hub')).toEqual([]);
      const tables = await dataSource.query('SELECT tablename FROM pg_tables WHERE schemaname = $1', [
        'public',
      ]);
      expect(tables).toEqual([{ tablename: 'bank_migration' }]);
      const bank = new BankModel(dataSource);
      await bank.enrolCustomers();
      const code = await bank.approvedCode(await bank.registerTpp(), JAN);
      expect(await bank.tokens.redeem(code)).toMatchObject({ scope: 'AIS' });
    } finally {
      await dataSource.destroy();
    }
  });
});
