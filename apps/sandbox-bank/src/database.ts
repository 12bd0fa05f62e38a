import { assertSchemaIsOwn, databaseOptions } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';

/**
 * Connects to the bank's database; the books speak SQL, so there are no entities.
 *
 * @throws ForeignSchemaError when other migrations ran on it than this program knows
 */
export async function openDatabase(url: string): Promise<DataSource> {
  const dataSource = await new DataSource(databaseOptions(url, 'sandbox-bank', [])).initialize();
  try {
    await assertSchemaIsOwn(
      dataSource,
      MIGRATIONS.map(({ name }) => name),
    );
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
