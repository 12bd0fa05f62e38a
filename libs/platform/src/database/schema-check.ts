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
 * Compares the migrations that ran with the ones this program knows. An app that starts on an older schema fails on its first
 * query, so what is missing is refused. Newer migrations are accepted, so that a schema can be migrated while apps of the version
 * before are at work: migrations only add what such apps do not see. One that does more marks the schema, in its table
 * `schema_compatibility`, with the migration that a program must know to work on it.
 *
 * @returns the newer migrations that this program does not know, oldest first
 * @throws ForeignSchemaError naming what is missing, unknown or marked, and what helps
 */
export async function assertSchemaIsOwn(dataSource: DataSource, schema: AppSchema): Promise<string[]> {
  const { migrationTable, command } = schema;
  if (!(await assertNotForeign(dataSource, schema)))
    throw new ForeignSchemaError(`it holds no migrations yet. Run: ${command}`);
  const applied = await dataSource.query<{ name: string }[]>(
    `SELECT name FROM ${migrationTable} ORDER BY timestamp, id`,
  );
  const names = applied.map(({ name }) => name);
  const known = schema.migrations.map(({ name }) => name);
  const missing = known.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new ForeignSchemaError(`missing ${missing.join(', ')}. Run: ${command}`);
  const unknown = names.filter((name) => !known.includes(name));
  await assertNotMarked(dataSource, schema, unknown);
  const newer = names.slice(names.lastIndexOf(known.at(-1) ?? '') + 1);
  const stray = unknown.filter((name) => !newer.includes(name));
  if (stray.length > 0) {
    throw new ForeignSchemaError(
      `${stray.join(', ')} came before what this program knows. Deploy the version that made it`,
    );
  }
  return newer;
}

/** @throws ForeignSchemaError where a migration has marked the schema as one for newer programs */
async function assertNotMarked(
  dataSource: DataSource,
  { name, migrations }: AppSchema,
  unknown: readonly string[],
): Promise<void> {
  const table = `${name}.schema_compatibility`;
  const [found] = await dataSource.query<[{ exists: boolean }]>(
    'SELECT to_regclass($1) IS NOT NULL AS exists',
    [table],
  );
  if (!found.exists) return;
  const [mark] = await dataSource.query<{ minimum_migration: string; reason: string }[]>(
    `SELECT minimum_migration, reason FROM ${table} WHERE minimum_migration <> ALL ($1) ORDER BY marked_at DESC LIMIT 1`,
    [migrations.map((migration) => migration.name)],
  );
  if (!mark) return;
  throw new ForeignSchemaError(
    `it is newer, with ${unknown.join(', ')}, and only for programs that know ${mark.minimum_migration}: ${mark.reason}. Deploy the version that made it`,
  );
}
