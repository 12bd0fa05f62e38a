import path from 'node:path';
import { startKeeper } from '../lib/keeper.mjs';
import { ROOT } from '../lib/paths.mjs';

/**
 * One database server for the whole test run, with a migrated template that `createTestDatabase` clones. Taken from
 * DATABASE_URL where that is set.
 */
export default async function setUpDatabase() {
  globalThis.testDatabaseServer ??= startKeeper(path.join(ROOT, 'scripts', 'jest', 'database-keeper.mjs'), {
    label: `--for=${process.pid}`,
    databaseUrl: process.env.DATABASE_URL,
  });
  const { value } = await globalThis.testDatabaseServer;
  process.env.TEST_DATABASE_URL = value.url;
  process.env.TEST_DATABASE_TEMPLATE = value.template;
}
