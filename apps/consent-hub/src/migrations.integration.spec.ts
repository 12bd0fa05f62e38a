import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { databaseOptions } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource({
    ...databaseOptions(database.url, 'consent-hub-test', []),
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
  }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Every table, column, constraint, index, trigger and function, as text. */
async function schema(): Promise<string[]> {
  const rows = await dataSource.query<{ line: string }[]>(`
    SELECT format('%s.%s.%s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema IN ('hub', 'bank')
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname IN ('hub', 'bank')
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
     WHERE connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('hub', 'bank'))
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc
     WHERE pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('hub', 'bank'))
     ORDER BY line`);
  return rows.map(({ line }) => line);
}

describe('the migrations', () => {
  it('can be taken back one by one, to nothing, and made again', async () => {
    const before = await schema();
    expect(before.length).toBeGreaterThan(0);
    const made = await dataSource.query<object[]>(`SELECT 1 FROM schema_migration`);
    for (let left = made.length; left > 0; left--) await dataSource.undoLastMigration();
    expect((await schema()).filter((line) => line.includes('hub.'))).toEqual([]);
    await dataSource.runMigrations();
    expect(await schema()).toEqual(before);
  }, 60_000);
});
