import type { DataSource } from 'typeorm';

/** Thrown at boot when the database was not made by this program's migrations. */
export class ForeignSchemaError extends Error {
  constructor(detail: string) {
    super(`The database schema is not the one this program was built for: ${detail}`);
    this.name = 'ForeignSchemaError';
  }
}

/**
 * Compares the migrations that ran with the ones this program knows. An app that starts on an older schema fails on its
 * first query; on a newer one it may write what the newer version forbids. Both are refused before the first request.
 *
 * @throws ForeignSchemaError naming what is missing or unknown, and the command that helps
 */
export async function assertSchemaIsOwn(
  dataSource: DataSource,
  migrationNames: readonly string[],
): Promise<void> {
  const [table] = await dataSource.query<{ present: string | null }[]>(
    `SELECT to_regclass('schema_migration') AS present`,
  );
  if (table?.present == null)
    throw new ForeignSchemaError('it holds no migrations yet. Run: npm run db:migrate');
  const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM schema_migration`);
  const applied = new Set(rows.map((row) => row.name));
  const missing = migrationNames.filter((name) => !applied.has(name));
  const unknown = [...applied].filter((name) => !migrationNames.includes(name));
  if (missing.length > 0)
    throw new ForeignSchemaError(`missing ${missing.join(', ')}. Run: npm run db:migrate`);
  if (unknown.length > 0) {
    throw new ForeignSchemaError(`it is newer, with ${unknown.join(', ')}. Deploy the version that made it`);
  }
}
