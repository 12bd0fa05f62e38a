import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertSchemaIsOwn } from './schema-check.js';

/**
 * Connects, and stays connected only to a schema of this program's own.
 *
 * @param migrationNames every migration that this program knows
 * @throws ForeignSchemaError when others ran on the database
 */
export async function openOwnDatabase(
  options: DataSourceOptions,
  migrationNames: readonly string[],
): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await assertSchemaIsOwn(dataSource, migrationNames);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
