import type { Client } from 'pg';
import { connectAsOwner } from './owner-client.js';

const SCHEMAS = ['hub', 'bank'];
/** Tables that a hub writes by the clock: heartbeats, counts and figures of hours, seals by key, how far events were dispatched. */
const WRITTEN_BY_ITSELF = [
  'bank_latency_tally',
  'consent_count',
  'consent_count_change',
  'consent_tally',
  'database_mark',
  'instance',
  'instance_run',
  'instance_tally',
  'token_read_tally',
  'vault_key',
  'webhook_dispatch',
]
  .map((table) => `('hub', '${table}')`)
  .join();

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/**
 * The content of all tables of the apps, except what a hub writes by itself (heartbeats, counts, when a key was last used), as
 * text, one line a row; bytes appear as hexadecimal and once more as Latin-1, so that a search for a secret finds it in any
 * column it was left in the clear. The lines are sorted: a row that was written again does not change its place.
 */
export async function dumpDatabase(url: string): Promise<string> {
  const client = await connectAsOwner(url);
  try {
    const lines: string[] = [];
    for (const [table, columns] of await tables(client)) {
      const { rows } = await client.query<(string | null)[]>({
        text: `SELECT ${columns.map(asText).join(', ')} FROM ${table}`,
        rowMode: 'array',
      });
      for (const row of rows) {
        const values = row.map((value, at) => `${columns[at]?.name}=${show(value, columns[at]?.type)}`);
        lines.push(`${table}: ${values.join(' ')}`);
      }
    }
    return lines.sort().join('\n');
  } finally {
    await client.end();
  }
}

async function tables(client: Client): Promise<Map<string, Column[]>> {
  const { rows } = await client.query<Column>(
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, t.typname AS type
       FROM pg_attribute a
       JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid
      WHERE n.nspname = ANY ($1) AND (n.nspname, c.relname) NOT IN (${WRITTEN_BY_ITSELF}) AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT (c.oid = to_regclass('hub.api_client_key') AND a.attname = 'last_used_at')
      ORDER BY n.nspname, c.relname, a.attnum`,
    [SCHEMAS],
  );
  const found = new Map<string, Column[]>();
  for (const column of rows) {
    const table = `"${column.schema}"."${column.table}"`;
    found.set(table, [...(found.get(table) ?? []), column]);
  }
  return found;
}

const asText = ({ name, type }: Column): string =>
  type === 'bytea' ? `encode("${name}", 'hex')` : `"${name}"::text`;

function show(value: string | null | undefined, type: string | undefined): string {
  if (value == null) return 'NULL';
  if (type !== 'bytea') return value;
  const latin = Buffer.from(value, 'hex').toString('latin1');
  return `\\x${value} (${latin.replaceAll('\n', '\\n')})`;
}
