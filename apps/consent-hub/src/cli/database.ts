import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { databaseOptions, OPERATOR_LIMITS, openOwnDatabase, readEnvironment } from '@consent-hub/platform';
import { TOKEN_GRANT_ENTITIES } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { HUB_SCHEMA } from '../../../../migrations/consent-hub/index.js';
import { API_CLIENT_ENTITIES } from '../api-client/api-client.module.js';
import { DatabaseSettings } from '../config/database.settings.js';

const ENTITIES = [...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES];

/** Works on the hub's database, whose schema must be this version's, and leaves no connection behind. */
export async function withDatabase<T>(
  env: NodeJS.ProcessEnv,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const { DATABASE_URL, DATABASE_POOLER: pooler } = readEnvironment(DatabaseSettings, env);
  const dataSource = await openOwnDatabase(
    databaseOptions(DATABASE_URL.reveal(), 'consent-hub-cli', ENTITIES, { limits: OPERATOR_LIMITS, pooler }),
    HUB_SCHEMA,
  );
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
