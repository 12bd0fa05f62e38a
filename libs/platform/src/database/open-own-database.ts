import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertSchemaIsOwn, type AppSchema } from './schema-check.js';

/**
 * Connects, and stays connected only to a schema that this program can work on.
 *
 * @param onNewer gets the migrations of the schema that this program does not know, if there are any
 * @throws ForeignSchemaError where one of its migrations is missing, or others ran that it cannot work with
 */
export async function openOwnDatabase(
  options: DataSourceOptions,
  schema: AppSchema,
  onNewer?: (migrations: readonly string[]) => void,
): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  try {
    const newer = await assertSchemaIsOwn(dataSource, schema);
    if (newer.length > 0) onNewer?.(newer);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
