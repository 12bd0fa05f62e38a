import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { runNode } from './commands.mjs';
import { Failure } from './failure.mjs';

const PERMISSIONS = {
  platform: ['consents:read', 'consents:write', 'events:read'],
  service: ['tokens:read'],
  admin: ['admin', 'consents:read', 'consents:write', 'events:read'],
};

/** Works on the database as the built apps reach it, on any of its hosts. */
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

/**
 * Brings the schema of each app up to what was built.
 *
 * @param urls `{ migrator, bank }`: of the database, as who owns the schema of the hub, and that of the bank
 */
export async function migrate({ migrator, bank }, { signal } = {}) {
  await withDatabase(migrator, (database) => database.query('SELECT 1'));
  for (const [config, url] of [
    ['dist/ormconfig.js', migrator],
    ['dist/ormconfig.sandbox-bank.js', bank],
  ]) {
    await runNode(['node_modules/typeorm/cli.js', 'migration:run', '-d', config], {
      what: 'The migration of the database',
      env: { ...process.env, DATABASE_URL: url },
      signal,
    });
  }
}

/** The client of that name, be it a revoked one, which owns what it opened; a new one where there is none. */
const CLIENT = `
  WITH known AS (
    UPDATE hub.api_client SET permissions = $3, revoked_at = NULL
     WHERE id = (SELECT id FROM hub.api_client WHERE name = $2 ORDER BY revoked_at DESC NULLS FIRST LIMIT 1)
    RETURNING id
  ), made AS (
    INSERT INTO hub.api_client (id, name, permissions) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM known) RETURNING id
  )
  SELECT id FROM known UNION ALL SELECT id FROM made`;

const KEY = `
  INSERT INTO hub.api_client_key (id, api_client_id, key_hash) VALUES ($1, $2, $3)
  ON CONFLICT (key_hash) DO UPDATE
     SET api_client_id = EXCLUDED.api_client_id, expires_at = NULL, revoked_at = NULL`;

/** Lets these keys in, under the names that they stand under; other clients, and other keys, are left alone. */
export const registerApiClients = (url, apiKeys) =>
  withDatabase(url, async (database) => {
    await database.transaction(async (tx) => {
      for (const [name, key] of Object.entries(apiKeys)) {
        const [client] = await tx.query(CLIENT, [v7(), name, PERMISSIONS[name]]);
        await tx.query(KEY, [v7(), client.id, createHash('sha256').update(key).digest()]);
      }
    });
  });

/** Makes a link by which a developer gets into the console, once, in every role. @returns its address */
export const makeConsoleLink = (url, publicUrl) =>
  withDatabase(url, async (database) => {
    const access = '../../dist/apps/consent-hub/src/console/access';
    const { ConsoleLinkRepository } = await import(`${access}/console-link.repository.js`);
    const { CONSOLE_ROLES } = await import(`${access}/console-role.js`);
    const { token } = await new ConsoleLinkRepository(database).make('developer', CONSOLE_ROLES);
    return `${publicUrl}/console/link/${token.reveal()}`;
  });
