import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertSchemaIsOwn, type AppSchema } from './schema-check.js';

/**
 * Connects, and stays connected only to a schema of this program's own.
 *
 * @throws ForeignSchemaError when others than its migrations ran on the database
 */
export async function openOwnDatabase(options: DataSourceOptions, schema: AppSchema): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await assertSchemaIsOwn(dataSource, schema);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
