// npm test: from a bare clone, every check and every test; the last line is "N passed, N failed".
// With names of tiers as arguments only those tests run, e.g.: node scripts/test.mjs unit integration
import { buildApps } from './lib/build.mjs';
import { runNpm } from './lib/commands.mjs';
import { describeError } from './lib/failure.mjs';
import { assertNodeVersion, installDependencies } from './lib/install.mjs';
import { runTier, tierNames } from './lib/jest-tiers.mjs';
import { step } from './lib/progress.mjs';

const CHECKS = [
  ['Format (prettier)', 'format:check'],
  ['Lint (eslint)', 'lint'],
  ['Types (tsc)', 'typecheck'],
  ['Boundaries (dependency-cruiser)', 'boundaries'],
  ['Unused code (knip)', 'unused'],
];

const total = { passed: 0, failed: 0 };

/** @returns whether it is worth going on */
async function check(work) {
  try {
    await work();
    return true;
  } catch (error) {
    console.error(describeError(error));
    total.failed += 1;
    return false;
  }
}

async function test(tier) {
  const since = performance.now();
  console.log(`\n== ${tier} tests`);
  const { passed, failed } = await runTier(tier);
  total.passed += passed;
  total.failed += failed;
  console.log(
    `${tier}: ${passed} passed, ${failed} failed (${((performance.now() - since) / 1000).toFixed(1)} s)`,
  );
  return failed === 0;
}

async function runAll(chosen) {
  if (!(await check(() => assertNodeVersion())) || !(await check(() => installDependencies()))) return;
  if (chosen.length === 0) {
    for (const [title, script] of CHECKS) {
      if (!(await check(() => step(title, () => runNpm(['run', '--silent', script], { what: title })))))
        return;
    }
    if (!(await check(() => buildApps()))) return;
  }
  const known = await tierNames();
  const unknown = chosen.filter((tier) => !known.includes(tier));
  if (unknown.length > 0) {
    await check(() => Promise.reject(new Error(`There are no tests called ${unknown.join(', ')}`)));
    return;
  }
  for (const tier of known.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    if (!(await test(tier))) return;
  }
}

await runAll(process.argv.slice(2));
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
