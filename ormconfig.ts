import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

const url = process.env['DATABASE_URL'];
if (!url) {
  throw new Error(
    'DATABASE_URL is not set: say which database to migrate, e.g. postgres://user:password@host:5432/name',
  );
}

/** What the TypeORM CLI works on: migrations are SQL of their own and need no entity. */
export default new DataSource({
  type: 'postgres',
  url,
  applicationName: 'consent-hub-migrations',
  migrations: MIGRATIONS,
  migrationsTableName: 'schema_migration',
  migrationsTransactionMode: 'each',
});
