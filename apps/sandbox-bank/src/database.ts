import { databaseOptions, openOwnDatabase, type Pooler } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';

/**
 * Connects to the bank's database; the books speak SQL, so there are no entities.
 *
 * @throws ForeignSchemaError when other migrations ran on it than this program knows
 */
export const openDatabase = (url: string, pooler: Pooler = 'none'): Promise<DataSource> =>
  openOwnDatabase(
    databaseOptions(url, 'sandbox-bank', [], { pooler }),
    MIGRATIONS.map(({ name }) => name),
  );
