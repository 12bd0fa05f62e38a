// For docker-compose.yml: the users of the database, with the passwords of the environment, and for each the URL by which it
// connects, in a file of its own: DATABASE_URLS_DIR/{migrator,hub,bank}.url. The superuser is named by PGHOST, PGPORT, PGUSER,
// PGPASSWORD and PGDATABASE, because a URL cannot hold every password as it is.
import path from 'node:path';
import { prepareUsers } from './lib/database-users.mjs';
import { describeError, Failure } from './lib/failure.mjs';
import { makePrivateDirectory, writePrivateFile } from './lib/private-files.mjs';

function required(name) {
  const value = process.env[name];
  if (!value) throw new Failure(`${name} must be set.`);
  return value;
}

function adminUrl() {
  const [user, password] = [required('PGUSER'), required('PGPASSWORD')].map(encodeURIComponent);
  const server = `${required('PGHOST')}:${required('PGPORT')}`;
  return `postgres://${user}:${password}@${server}/${encodeURIComponent(required('PGDATABASE'))}`;
}

async function main() {
  const directory = makePrivateDirectory(required('DATABASE_URLS_DIR'));
  const urls = await prepareUsers(adminUrl(), {
    migrator: required('MIGRATOR_PASSWORD'),
    hub: required('HUB_PASSWORD'),
    bank: required('BANK_PASSWORD'),
  });
  for (const [user, url] of Object.entries(urls)) writePrivateFile(path.join(directory, `${user}.url`), url);
}

main().catch((error) => {
  console.error(describeError(error));
  process.exit(1);
});
