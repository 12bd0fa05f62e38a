import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { run } from './commands.mjs';
import { aptGet } from './debian.mjs';
import { describeError, Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';
import { step } from './progress.mjs';

/** Unpacked here: the package itself would also start a server of Prometheus. */
const DIRECTORY = path.join(ROOT, 'node_modules', '.cache', 'consent-hub-promtool');
const UNPACKED = path.join(DIRECTORY, 'usr', 'bin', 'promtool');

const runs = (file) => spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0;

/** A promtool that runs here, or undefined. */
export function findPromtool() {
  const chosen = process.env.PROMTOOL_PATH;
  if (!chosen) return ['promtool', UNPACKED].find(runs);
  if (runs(chosen)) return chosen;
  throw new Failure(`PROMTOOL_PATH names ${chosen}, which is no promtool that runs here.`);
}

const hasApt = () => process.getuid?.() === 0 && fs.existsSync('/etc/debian_version');

async function unpackFromDebian() {
  // A parent that is gone, or another run that unpacks at the same time, leaves nothing half done under the final name.
  const fresh = `${DIRECTORY}-${process.pid}`;
  try {
    fs.mkdirSync(fresh, { recursive: true });
    await aptGet('update');
    const [script, packed] = ['cd "$1" && apt-get -q download prometheus', 'prometheus_'];
    await run('sh', ['-c', script, 'sh', fresh], { what: 'apt-get' });
    const file = fs.readdirSync(fresh).find((name) => name.startsWith(packed));
    await run('dpkg-deb', ['-x', path.join(fresh, file), fresh], { what: 'dpkg-deb' });
    fs.rmSync(DIRECTORY, { recursive: true, force: true });
    fs.renameSync(fresh, DIRECTORY);
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * The path of a promtool for the tests of the alerts, installed if need be.
 *
 * @returns undefined where none can be had; the reason is printed
 * @throws Failure instead under CI, where a test that is left out would count as passed
 */
export async function ensurePromtool() {
  let reason = '';
  if (!findPromtool() && hasApt()) {
    try {
      await step('Unpacking promtool for the tests of the alerts', unpackFromDebian);
    } catch (error) {
      reason = describeError(error).trim();
    }
  }
  const found = findPromtool();
  if (found) return found;
  const sentence =
    'The tests of the alerts need promtool of Prometheus, and it cannot be installed here: install it, or set PROMTOOL_PATH.';
  if (process.env.CI === 'true') throw new Failure([sentence, reason].join('\n').trim());
  console.warn(`${sentence} They are skipped.`);
  return undefined;
}
