import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';
import { readJsonFile } from './private-files.mjs';

/** A run that has not ended by then hangs: an open handle, or a lock that is not released. */
const LONGEST_MS = 20 * 60_000;

/** The names of the test tiers, in the order in which they run: the projects of jest.config.mjs. */
export async function tierNames() {
  const { default: config } = await import(pathToFileURL(path.join(ROOT, 'jest.config.mjs')).href);
  return config.projects.map((project) => project.displayName);
}

/**
 * Runs one tier.
 *
 * @param related of the checkout's files: only the tests run that import one of them, or are one
 * @returns how many tests passed and failed; a suite that could not run counts as one that failed
 */
export async function runTier(name, related) {
  if (related?.length === 0) return { passed: 0, failed: 0 };
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-hub-jest-'));
  const outputFile = path.join(directory, 'result.json');
  try {
    const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', name, '--passWithNoTests'];
    const selection = related ? ['--findRelatedTests', ...related] : [];
    const child = spawn(process.execPath, [...jest, '--json', `--outputFile=${outputFile}`, ...selection], {
      cwd: ROOT,
      // With --json the results go to stdout as well; people read stderr.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const hanging = setTimeout(() => {
      console.error(`The ${name} tests have not ended in ${LONGEST_MS / 60_000} minutes and are stopped.`);
      child.kill('SIGKILL');
    }, LONGEST_MS);
    const [code] = await once(child, 'close');
    clearTimeout(hanging);
    return countOf(readJsonFile(outputFile), code);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function countOf(result, exitCode) {
  const passed = result?.numPassedTests ?? 0;
  const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
  // Other failures of a run (its setup, its teardown) must not count as success.
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
