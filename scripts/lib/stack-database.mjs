import { createHash } from 'node:crypto';
import pg from 'pg';
import { v7 } from 'uuid';
import { runNode } from './commands.mjs';
import { Failure } from './failure.mjs';

const PERMISSIONS = {
  platform: ['consents:read', 'consents:write'],
  service: ['tokens:read'],
  admin: ['admin', 'consents:read', 'consents:write'],
};

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url, application_name: 'consent-hub-start' });
  await client.connect().catch((error) => {
    throw new Failure(
      `The database at ${hostOf(url)} cannot be used: ${error.message || error.code}. Check DATABASE_URL.`,
    );
  });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const hostOf = (url) => (URL.canParse(url) ? new URL(url).host : 'DATABASE_URL');

/** Brings the database up to what was built. */
export async function migrate(url, { signal } = {}) {
  await withClient(url, (client) => client.query('SELECT 1'));
  await runNode(['node_modules/typeorm/cli.js', 'migration:run', '-d', 'dist/ormconfig.js'], {
    what: 'The migration of the database',
    env: { ...process.env, DATABASE_URL: url },
    signal,
  });
}

/** Lets these keys in, under the names that they stand under; other clients are left alone. */
export const registerApiClients = (url, apiKeys) =>
  withClient(url, async (client) => {
    for (const [name, key] of Object.entries(apiKeys)) {
      await client.query(
        `INSERT INTO hub.api_client (id, name, key_hash, permissions) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE
            SET key_hash = EXCLUDED.key_hash, permissions = EXCLUDED.permissions, revoked_at = NULL`,
        [v7(), name, createHash('sha256').update(key).digest(), PERMISSIONS[name]],
      );
    }
  });
