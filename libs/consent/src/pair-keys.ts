import type { DataSource } from 'typeorm';

/** How many pairs each key of the vault has sealed, by its id; pairs whose values are destroyed do not count. */
export async function countPairsByKey(dataSource: DataSource): Promise<ReadonlyMap<string, number>> {
  const rows = await dataSource.query<{ key_id: string; count: number }[]>(
    `SELECT key_id, count(*)::int AS count FROM hub.token_pair WHERE refresh_token IS NOT NULL GROUP BY key_id`,
  );
  return new Map(rows.map(({ key_id: keyId, count }) => [keyId, count]));
}
