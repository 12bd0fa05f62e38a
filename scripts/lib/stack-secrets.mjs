import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readJsonFile, writePrivateFile } from './private-files.mjs';

const newApiKey = () => `ch_${randomBytes(32).toString('base64url')}`;
const newClient = () => ({
  client_id: `l7${randomBytes(16).toString('hex')}`,
  client_secret: randomBytes(16).toString('hex'),
});

/** The secrets of a local stack: made once, then kept, since the database is sealed with them and the bank knows them. */
export function keepSecrets(local) {
  const file = path.join(local, 'secrets.json');
  const kept = readJsonFile(file);
  if (kept) return kept;
  const secrets = {
    vault_keys: `local-1:${randomBytes(32).toString('base64')}`,
    api_keys: { platform: newApiKey(), service: newApiKey(), admin: newApiKey() },
    bank_clients: { belfius: newClient(), banx: newClient() },
  };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
