import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { Client } from 'pg';

export interface BenchDatabase extends Pick<TestDatabase, 'url'> {
  readonly client: Client;
  drop(): Promise<void>;
}

/** A migrated database of its own, and a connection to it. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url, application_name: 'consent-hub-bench' });
  await client.connect();
  return {
    url: database.url,
    client,
    async drop() {
      await client.end();
      await database.drop();
    },
  };
}
