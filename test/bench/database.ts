import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { Client } from 'pg';
import { cpuOf } from './child.js';

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

/** CPU time so far of each server process of the database, by process id, its own housekeeping left out; microseconds. */
async function serverProcesses(client: Client): Promise<Map<number, number>> {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return new Map(rows.flatMap(({ pid }) => cpuOfServerProcess(pid)));
}

/** Empty for a connection that has closed since it was listed. */
function cpuOfServerProcess(pid: number): [number, number][] {
  try {
    return [[pid, cpuOf(pid)]];
  } catch {
    return [];
  }
}

/** Begins to measure the CPU time of the database; the end of it returns how much was spent since then, microseconds. */
export async function measureDatabaseCpu(client: Client): Promise<() => Promise<number>> {
  const before = await serverProcesses(client);
  return async () =>
    [...(await serverProcesses(client))].reduce((sum, [pid, cpu]) => sum + cpu - (before.get(pid) ?? 0), 0);
}
