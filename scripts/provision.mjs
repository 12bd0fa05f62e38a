// For docker-compose.yml: development certificates, secrets, API clients and the environment of each app, made once and
// kept in CONSENT_HUB_LOCAL_DIR. Needs a build and a migrated database. DATABASE_URL and SANDBOX_DATABASE_URL may be named by
// files: DATABASE_URL_FILE, SANDBOX_DATABASE_URL_FILE.
import path from 'node:path';
import { describeError, Failure } from './lib/failure.mjs';
import { localDirectory } from './lib/paths.mjs';
import { registerApiClients } from './lib/stack-database.mjs';
import { writeStackFiles } from './lib/stack-files.mjs';
import { keepSecrets } from './lib/stack-secrets.mjs';
import { readStackSettings } from './lib/stack-settings.mjs';
import { ensureDevelopmentCertificates } from '../dist/libs/eidas/src/index.js';
import { readSecret } from '../dist/libs/platform/src/index.js';

async function main() {
  const databaseUrl = readSecret(process.env, 'DATABASE_URL');
  if (!databaseUrl) throw new Failure('DATABASE_URL must be set to the database of the stack.');
  const local = localDirectory();
  const secrets = keepSecrets(local);
  await registerApiClients(databaseUrl, secrets.api_keys);
  const certificates = await ensureDevelopmentCertificates(path.join(local, 'tls'));
  const settings = readStackSettings(process.env);
  writeStackFiles({
    settings,
    secrets,
    certificates,
    databaseUrl,
    bankDatabaseUrl: readSecret(process.env, 'SANDBOX_DATABASE_URL'),
    local,
    env: process.env,
  });
  // Logs of a container are kept by others: no key is printed.
  console.log(`The API keys are in ${path.join(local, 'stack.json')}`);
}

main().catch((error) => {
  console.error(describeError(error));
  process.exit(1);
});
