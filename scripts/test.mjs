// npm test: from a bare clone, every check and every test; the last line is "N passed, N failed".
// With names of tiers as arguments only those tests run, e.g.: node scripts/test.mjs unit integration
// With --changed only what differs from the main branch is checked, and only the tests run that import it.
import fs from 'node:fs';
import path from 'node:path';
import { buildApps } from './lib/build.mjs';
import { ALL, changedFiles, touchedBy } from './lib/changed.mjs';
import { CHECKS, checksFor, runChecks } from './lib/checks.mjs';
import { describeError } from './lib/failure.mjs';
import { assertNodeVersion, installDependencies } from './lib/install.mjs';
import { runTier, tierNames } from './lib/jest-tiers.mjs';
import { ROOT } from './lib/paths.mjs';

/** Its tests import nothing of what they are about. */
const READS_EVERYTHING = 'architecture';

const total = { passed: 0, failed: 0 };

/** @returns whether the next step should run */
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

async function test(tier, changed) {
  const since = performance.now();
  console.log(`\n== ${tier} tests`);
  const { passed, failed } = await runTier(tier, relatedTo(changed, tier));
  total.passed += passed;
  total.failed += failed;
  console.log(
    `${tier}: ${passed} passed, ${failed} failed (${((performance.now() - since) / 1000).toFixed(1)} s)`,
  );
  return failed === 0;
}

/** The files whose tests are to run; undefined for every test of the tier. */
function relatedTo(changed, tier) {
  if (!changed || tier === READS_EVERYTHING) return undefined;
  const { tests } = touchedBy(changed, (file) => fs.existsSync(path.join(ROOT, file)));
  return tests === ALL ? undefined : tests;
}

async function runAll(arguments_) {
  const chosen = arguments_.filter((argument) => argument !== '--changed');
  if (!(await check(() => assertNodeVersion())) || !(await check(() => installDependencies()))) return;
  let changed;
  if (chosen.length < arguments_.length && !(await check(() => (changed = changedFiles())))) return;
  if (chosen.length === 0) {
    total.failed += await runChecks(changed ? checksFor(changed) : CHECKS);
    if (total.failed > 0 || !(await check(() => buildApps()))) return;
  }
  const known = await tierNames();
  const unknown = chosen.filter((tier) => !known.includes(tier));
  if (unknown.length > 0) {
    await check(() => Promise.reject(new Error(`There are no tests called ${unknown.join(', ')}`)));
    return;
  }
  for (const tier of known.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    if (!(await test(tier, changed))) return;
  }
}

await runAll(process.argv.slice(2));
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
