import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { runNode } from './commands.mjs';
import { Failure } from './failure.mjs';

const PERMISSIONS = {
  platform: ['consents:read', 'consents:write'],
  service: ['tokens:read'],
  admin: ['admin', 'consents:read', 'consents:write'],
};

/** Works on the database as the built apps reach it, whichever of its hosts that is. */
async function withDatabase(url, work) {
  const { databaseOptions } = await import('../../dist/libs/platform/src/index.js');
  const database = new DataSource(databaseOptions(url, 'consent-hub-start', []));
  await database.initialize().catch((error) => {
    throw new Failure(
      `The database at ${hostOf(url)} cannot be used: ${error.message || error.code}. Check DATABASE_URL.`,
    );
  });
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

const hostOf = (url) => (URL.canParse(url) ? new URL(url).host : 'DATABASE_URL');

/** Brings the database up to what was built. */
export async function migrate(url, { signal } = {}) {
  await withDatabase(url, (database) => database.query('SELECT 1'));
  await runNode(['node_modules/typeorm/cli.js', 'migration:run', '-d', 'dist/ormconfig.js'], {
    what: 'The migration of the database',
    env: { ...process.env, DATABASE_URL: url },
    signal,
  });
}

/** Lets these keys in, under the names that they stand under; other clients are left alone. */
export const registerApiClients = (url, apiKeys) =>
  withDatabase(url, async (database) => {
    for (const [name, key] of Object.entries(apiKeys)) {
      await database.query(
        `INSERT INTO hub.api_client (id, name, key_hash, permissions) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE
            SET key_hash = EXCLUDED.key_hash, permissions = EXCLUDED.permissions, revoked_at = NULL`,
        [v7(), name, createHash('sha256').update(key).digest(), PERMISSIONS[name]],
      );
    }
  });
