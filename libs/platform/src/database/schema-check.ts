import type { DataSource, EntityManager, MigrationInterface } from 'typeorm';

/** The schema of one app, apart from that of any other app in the same database. */
export interface AppSchema {
  readonly name: string;
  /** Lists in `public` which of its migrations ran. */
  readonly migrationTable: string;
  /** Runs its migrations. */
  readonly command: string;
  /** Every migration that this program knows, oldest first. */
  readonly migrations: (new () => MigrationInterface)[];
}

/** Thrown when the schema in the database was not made by this program's migrations. */
export class ForeignSchemaError extends Error {
  constructor(detail: string) {
    super(`The database schema is not the one this program was built for: ${detail}`);
    this.name = 'ForeignSchemaError';
  }
}

/**
 * @returns whether migrations of this schema ran on the database
 * @throws ForeignSchemaError where the schema stands there without them
 */
export async function assertNotForeign(
  database: DataSource | EntityManager,
  { name, migrationTable }: AppSchema,
): Promise<boolean> {
  const [found] = await database.query<[{ is_migrated: boolean; is_taken: boolean }]>(
    `SELECT to_regclass($1) IS NOT NULL AS is_migrated,
            EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($2)) AS is_taken`,
    [migrationTable, name],
  );
  if (found.is_taken && !found.is_migrated) {
    throw new ForeignSchemaError(
      `schema ${name} was made by other migrations, which this program cannot continue. Use an empty database; npm run reset removes a local one`,
    );
  }
  return found.is_migrated;
}

/**
 * Compares the migrations that ran with the ones this program knows. An app that starts on an older schema fails on its
 * first query; on a newer one it may write what the newer version forbids. Both are refused before the first request.
 *
 * @throws ForeignSchemaError naming what is missing or unknown, and the command that helps
 */
export async function assertSchemaIsOwn(dataSource: DataSource, schema: AppSchema): Promise<void> {
  const { migrationTable, command } = schema;
  if (!(await assertNotForeign(dataSource, schema)))
    throw new ForeignSchemaError(`it holds no migrations yet. Run: ${command}`);
  const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM ${migrationTable}`);
  const applied = new Set(rows.map((row) => row.name));
  const known = schema.migrations.map(({ name }) => name);
  const missing = known.filter((name) => !applied.has(name));
  const unknown = [...applied].filter((name) => !known.includes(name));
  if (missing.length > 0) throw new ForeignSchemaError(`missing ${missing.join(', ')}. Run: ${command}`);
  if (unknown.length > 0) {
    throw new ForeignSchemaError(`it is newer, with ${unknown.join(', ')}. Deploy the version that made it`);
  }
}
