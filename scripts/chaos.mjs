// npm run chaos: the chaos tests with their full figures, and a table of what they counted. An argument chooses files of
// test/chaos, e.g.: npm run chaos -- kills. CHAOS_SEED repeats the chance of a run; CHAOS_KEEP=<directory> keeps the logs;
// CHAOS_FAILOVERS=4 reduces the forty failovers of patroni to four. What these files need of Debian is installed as root.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installPackages } from './lib/debian.mjs';
import { describeError } from './lib/failure.mjs';
import { assertNodeVersion, installDependencies } from './lib/install.mjs';
import { ROOT } from './lib/paths.mjs';

const APT_GET = '/usr/bin/apt-get';
/** What a file needs that no package of npm brings: where it is found, and Debian's packages. */
const NEEDS = [
  {
    file: 'test/chaos/outage.spec.ts',
    found: ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'],
    packages: ['libfaketime'],
  },
  { file: 'test/chaos/long/pgbouncer.spec.ts', found: ['/usr/sbin/pgbouncer'], packages: ['pgbouncer'] },
  {
    file: 'test/chaos/long/patroni.spec.ts',
    found: ['/usr/bin/patroni', '/usr/bin/etcd', '/usr/sbin/haproxy', '/usr/lib/postgresql'],
    packages: ['patroni', 'etcd-server', 'etcd-client', 'haproxy', 'postgresql-15'],
  },
];

async function installMissing(chosen) {
  const isChosen = (file) => chosen.length === 0 || chosen.some((part) => file.includes(part));
  const missing = NEEDS.filter(
    ({ file, found }) => isChosen(file) && !found.every((each) => fs.existsSync(each)),
  );
  if (missing.length === 0 || process.getuid?.() !== 0 || !fs.existsSync(APT_GET)) return;
  const packages = missing.flatMap((need) => need.packages);
  console.log(`Installing ${packages.join(', ')}`);
  // The cases that need them say so.
  await installPackages(...packages).catch((error) => console.error(describeError(error)));
}

/** What each case has counted, one line a case. */
function print(report) {
  const cases = report
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  for (const { case: title, violations = [], ...counted } of cases) {
    const figures = Object.entries(counted).map(([name, value]) => `${name} ${value}`);
    console.log(`\n${title}\n  ${figures.join(' · ')}`);
    for (const violation of violations) console.log(`  VIOLATION ${violation}`);
  }
  const broken = cases.filter(({ violations }) => violations?.length > 0).length;
  console.log(`\n${cases.length} cases counted, ${broken} with violations`);
}

assertNodeVersion();
await installDependencies();
await installMissing(process.argv.slice(2));
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-hub-chaos-report-'));
const reportFile = path.join(directory, 'report');
try {
  fs.writeFileSync(reportFile, '');
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'chaos', '--runInBand', '--verbose'];
  const child = spawn(process.execPath, [...jest, '--', ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, CHAOS_FORM: 'long', CHAOS_REPORT: reportFile },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'close');
  print(fs.readFileSync(reportFile, 'utf8'));
  process.exitCode = code ?? 1;
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}
