import fs from 'node:fs';
import path from 'node:path';
import { runNpm } from './commands.mjs';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';
import { step, ticking } from './progress.mjs';

const readJson = (...parts) => JSON.parse(fs.readFileSync(path.join(ROOT, ...parts), 'utf8'));

const isAtLeast = (version, least) => {
  const at = version.findIndex((part, index) => part !== least[index]);
  return at === -1 || version[at] > least[at];
};

/** Whether a version is in a range of `^a.b.c` and `>=a.b.c` joined by `||`; semver itself is not installed yet. */
export const satisfies = (version, range) => {
  const numbers = version.replace(/^v/, '').split('-')[0].split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, least] = /^\s*(\^|>=)\s*(\d+\.\d+\.\d+)\s*$/.exec(part) ?? [];
    if (!operator) throw new Error(`The range "${part.trim()}" of engines is not understood`);
    const from = least.split('.').map(Number);
    return isAtLeast(numbers, from) && (operator === '>=' || numbers[0] === from[0]);
  });
};

const inWords = (range) =>
  range
    .split('||')
    .map((part) => part.trim())
    .map((part) =>
      part.startsWith('^')
        ? `${part.slice(1)} or a later ${part.slice(1).split('.')[0]}`
        : `${part.slice(2)} or later`,
    )
    .join(', ');

/** @throws Failure when this Node is not one that the product runs on */
export function assertNodeVersion(version = process.version) {
  const range = readJson('package.json').engines.node;
  if (satisfies(version, range)) return;
  throw new Failure(
    `This is Node ${version.slice(1)}. Consent Hub needs one of: ${inWords(range)}. Get Node 24 from https://nodejs.org, or by: nvm install 24`,
  );
}

/**
 * Whether node_modules is what the lock file says. npm writes its own record as the last act of an install, so that half
 * an install has none. Optional packages may be missing: most are for other machines.
 */
function isInstalled() {
  if (!fs.existsSync(path.join(ROOT, 'node_modules', '.package-lock.json'))) return false;
  const wanted = readJson('package-lock.json').packages;
  const found = readJson('node_modules', '.package-lock.json').packages;
  const isSame = (name) =>
    found[name]?.version === wanted[name].version && found[name].integrity === wanted[name].integrity;
  const isOptional = (name) => Boolean(wanted[name].optional || wanted[name].devOptional);
  return (
    Object.keys(wanted).every(
      (name) => name === '' || isSame(name) || (!(name in found) && isOptional(name)),
    ) && Object.keys(found).every((name) => name in wanted)
  );
}

/** Installs what the lock file names, unless it is there. */
export async function installDependencies({ signal } = {}) {
  if (isInstalled()) return;
  const all = ['--include=dev', '--include=optional'];
  await step('Installing the dependencies (npm ci, about half a minute)', () =>
    ticking(runNpm(['ci', ...all, '--loglevel=error'], { what: 'npm ci', signal })),
  );
}
