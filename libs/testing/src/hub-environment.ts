import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { asHub } from './as-role.js';

const bankOf = (brand: Brand): NodeJS.ProcessEnv => {
  const prefix = `BANK_${brand.toUpperCase()}_`;
  return {
    [`${prefix}API_URL`]: `https://${brand}.invalid`,
    [`${prefix}CLIENT_ID`]: `${brand}-client`,
    [`${prefix}CLIENT_SECRET`]: `${brand}-secret`,
    [`${prefix}TLS_CERT_FILE`]: '/nowhere/cert.pem',
    [`${prefix}TLS_KEY_FILE`]: '/nowhere/key.pem',
    [`${prefix}TLS_CA_FILE`]: '/nowhere/ca.pem',
  };
};

/** A complete environment of the hub on this database, with no more rights there than it needs. Its bank does not exist: a test puts a double in its place. */
export const hubEnvironment = (
  databaseUrl: string,
  overrides: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv => ({
  DATABASE_URL: asHub(databaseUrl),
  HUB_VAULT_KEYS: `test:${Buffer.alloc(32, 'test').toString('base64')}`,
  HUB_SPOOL_DIR: path.join(tmpdir(), 'consent-hub-test', randomUUID()),
  HUB_LOG_LEVEL: 'info',
  // Tests refresh one consent several times in a moment.
  REFRESH_MIN_INTERVAL_SECONDS: '0',
  ...Object.fromEntries(BRANDS.flatMap((brand) => Object.entries(bankOf(brand)))),
  ...overrides,
});
