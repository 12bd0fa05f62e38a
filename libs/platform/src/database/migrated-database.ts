import { DataSource } from 'typeorm';
import { migrationOptions } from './database-options.js';
import { assertNotForeign, type AppSchema } from './schema-check.js';

/** Of the lock in a database that a process holds while it migrates; any number that nothing else uses. */
const LOCK = 1_795_374_000_000;

/**
 * What the TypeORM CLI works on: migrations are SQL of their own and need no entity. One process migrates at a time, whichever
 * schema; the others wait, and find nothing left to do. Each migration is a transaction, so that one which fails, or waits too
 * long for a lock, leaves those before it in place: the command can be repeated.
 */
export class MigratedDatabase extends DataSource {
  constructor(
    url: string | undefined,
    private readonly appSchema: AppSchema,
  ) {
    if (!url) {
      throw new Error(
        'DATABASE_URL is not set: say which database to migrate, e.g. postgres://user:password@host:5432/name',
      );
    }
    super({
      ...migrationOptions(url),
      migrations: appSchema.migrations,
      migrationsTableName: appSchema.migrationTable,
      migrationsTransactionMode: 'each',
    });
  }

  /** @throws ForeignSchemaError where the schema was made by others than its migrations; nothing was changed then */
  override runMigrations(options?: Parameters<DataSource['runMigrations']>[0]) {
    return this.alone(() => super.runMigrations(options));
  }

  override undoLastMigration(options?: Parameters<DataSource['undoLastMigration']>[0]) {
    return this.alone(() => super.undoLastMigration(options));
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.transaction(async (tx) => {
      await tx.query('SET LOCAL lock_timeout = 0');
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await assertNotForeign(tx, this.appSchema);
      return work();
    });
  }
}
