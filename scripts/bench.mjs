// npm run bench: how fast the product is, as ratios to reference lines of the same run. Arguments choose benchmarks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buildApps } from './lib/build.mjs';
import { startKeeper } from './lib/keeper.mjs';
import { ROOT } from './lib/paths.mjs';
import { assertNodeVersion, installDependencies } from './lib/install.mjs';

assertNodeVersion();
await installDependencies();
await buildApps();
const database = await startKeeper(path.join(ROOT, 'scripts', 'jest', 'database-keeper.mjs'), {
  label: `--for=${process.pid}`,
  databaseUrl: process.env.DATABASE_URL,
  // What is measured must be as durable as in production.
  durable: true,
});
const program = ['--import', '@swc-node/register/esm-register', 'test/bench/main.ts'];
const bench = spawn(process.execPath, [...program, ...process.argv.slice(2)], {
  cwd: ROOT,
  env: {
    ...process.env,
    TEST_DATABASE_URL: database.value.url,
    TEST_DATABASE_TEMPLATE: database.value.template,
  },
  stdio: 'inherit',
});
const [code] = await once(bench, 'close');
await database.stop();
process.exitCode = code ?? 1;
