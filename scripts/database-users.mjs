// For docker-compose.yml: the users of the database, with the passwords of the environment. DATABASE_URL is a superuser's.
import { prepareUsers } from './lib/database-users.mjs';
import { describeError, Failure } from './lib/failure.mjs';

function required(name) {
  const value = process.env[name];
  if (!value) throw new Failure(`${name} must be set.`);
  return value;
}

async function main() {
  await prepareUsers(required('DATABASE_URL'), {
    migrator: required('MIGRATOR_PASSWORD'),
    hub: required('HUB_PASSWORD'),
    bank: required('BANK_PASSWORD'),
  });
}

main().catch((error) => {
  console.error(describeError(error));
  process.exit(1);
});
