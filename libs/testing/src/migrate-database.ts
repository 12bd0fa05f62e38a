import { MigratedDatabase, type AppSchema } from '@consent-hub/platform';

/** Runs the migrations of one app. */
export async function migrateDatabase(url: string, schema: AppSchema): Promise<void> {
  const database = await new MigratedDatabase(url, schema).initialize();
  try {
    await database.runMigrations();
  } finally {
    await database.destroy();
  }
}
