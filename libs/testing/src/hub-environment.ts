import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';

const brand = (name: string): NodeJS.ProcessEnv => ({
  [`BANK_${name}_API_URL`]: `https://${name.toLowerCase()}.invalid`,
  [`BANK_${name}_CLIENT_ID`]: `${name.toLowerCase()}-client`,
  [`BANK_${name}_CLIENT_SECRET`]: `${name.toLowerCase()}-secret`,
  [`BANK_${name}_TLS_CERT_FILE`]: '/nowhere/cert.pem',
  [`BANK_${name}_TLS_KEY_FILE`]: '/nowhere/key.pem',
  [`BANK_${name}_TLS_CA_FILE`]: '/nowhere/ca.pem',
});

/** A complete environment of the hub on this database. Its bank does not exist: a test puts a double in its place. */
export const hubEnvironment = (
  databaseUrl: string,
  overrides: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv => ({
  DATABASE_URL: databaseUrl,
  HUB_VAULT_KEYS: `test:${Buffer.alloc(32, 'test').toString('base64')}`,
  HUB_SPOOL_DIR: path.join(tmpdir(), 'consent-hub-test', randomUUID()),
  HUB_LOG_LEVEL: 'info',
  // Tests refresh one consent several times in a moment.
  REFRESH_MIN_INTERVAL_SECONDS: '0',
  ...brand('BELFIUS'),
  ...brand('BANX'),
  ...overrides,
});
