// npm run reset: the local stack's data, keys and certificates are removed; the next start makes new ones.
import fs from 'node:fs';
import path from 'node:path';
import { describeError, Failure } from './lib/failure.mjs';
import { localDirectory, ROOT } from './lib/paths.mjs';
import { removeCluster } from './lib/postgres-server.mjs';
import { runningStack } from './lib/run-file.mjs';

async function main() {
  const local = localDirectory();
  if (!fs.existsSync(local)) return console.log(`Nothing to remove: there is no ${local}`);
  const pid = runningStack(local);
  if (pid)
    throw new Failure(
      `The stack runs (process ${pid}); stop it first, by Ctrl-C in its terminal or: kill ${pid}`,
    );
  if (local !== path.join(ROOT, '.local') && !fs.existsSync(path.join(local, 'secrets.json'))) {
    throw new Failure(`${local} was not made by npm start; nothing is removed.`);
  }
  await removeCluster(path.join(local, 'postgres'));
  fs.rmSync(local, { recursive: true, force: true });
  console.log(`Removed ${local}. A database given by DATABASE_URL is left as it is.`);
}

main().catch((error) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
