import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { perBrand } from './brands.mjs';
import { readJsonFile, writePrivateFile } from './private-files.mjs';

const newApiKey = () => `ch_${randomBytes(32).toString('base64url')}`;
const newPassword = () => randomBytes(24).toString('base64url');
const newClient = () => ({
  client_id: `l7${randomBytes(16).toString('hex')}`,
  client_secret: randomBytes(16).toString('hex'),
});

/**
 * The secrets of a local stack: made once, then kept, since the database is sealed with them and the bank knows them. What
 * was not there when they were made, a brand for example, gets its own.
 */
export function keepSecrets(local) {
  const file = path.join(local, 'secrets.json');
  const kept = readJsonFile(file);
  const hasAll = kept && 'database_passwords' in kept;
  const bankClients = perBrand(({ id }) => kept?.bank_clients[id] ?? newClient());
  if (hasAll && Object.keys(bankClients).every((id) => id in kept.bank_clients)) return kept;
  const secrets = {
    vault_keys: kept?.vault_keys ?? `local-1:${randomBytes(32).toString('base64')}`,
    api_keys: kept?.api_keys ?? { platform: newApiKey(), service: newApiKey(), admin: newApiKey() },
    database_passwords: kept?.database_passwords ?? {
      migrator: newPassword(),
      hub: newPassword(),
      bank: newPassword(),
    },
    bank_clients: { ...kept?.bank_clients, ...bankClients },
  };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
