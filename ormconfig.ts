import 'reflect-metadata';
import { migrationOptions } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

const url = process.env['DATABASE_URL'];
if (!url) {
  throw new Error(
    'DATABASE_URL is not set: say which database to migrate, e.g. postgres://user:password@host:5432/name',
  );
}

/** Of the lock in this database that a process holds while it migrates; any number that nothing else uses. */
const LOCK = 1_795_374_000_000;

/**
 * What the TypeORM CLI works on: migrations are SQL of their own and need no entity. One process migrates at a time; the
 * others wait, and find nothing left to do. Each migration is a transaction, so that one which fails, or waits too long for a
 * lock, leaves those before it in place: the command can be repeated.
 */
class MigratedDatabase extends DataSource {
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
      return work();
    });
  }
}

export default new MigratedDatabase({
  ...migrationOptions(url),
  migrations: MIGRATIONS,
  migrationsTableName: 'schema_migration',
  migrationsTransactionMode: 'each',
});
