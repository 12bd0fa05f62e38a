import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runNode } from './commands.mjs';
import { ROOT } from './paths.mjs';
import { readJsonFile } from './private-files.mjs';
import { step } from './progress.mjs';

const APPS = ['consent-hub', 'sandbox-bank'];
const SOURCES = ['apps', 'libs', 'migrations', 'ormconfig.ts', 'ormconfig.sandbox-bank.ts'];
const TOOLS = [
  'tsconfig.json',
  ...APPS.map((app) => `apps/${app}/tsconfig.app.json`),
  'nest-cli.json',
  'package-lock.json',
];
const DIST = path.join(ROOT, 'dist');
const STAMP = path.join(DIST, '.stamp');

/** The program of an app, as built. */
export const builtMain = (app) => path.join(DIST, 'apps', app, 'src', 'main.js');

function* filesOf(entry) {
  if (!fs.existsSync(entry)) return;
  if (!fs.statSync(entry).isDirectory()) return yield entry;
  for (const name of fs.readdirSync(entry).sort()) yield* filesOf(path.join(entry, name));
}

/** A hash over the contents of these files and directories; tests are no part of a build. */
function hashOf(entries) {
  const hash = createHash('sha256');
  for (const entry of entries) {
    for (const file of filesOf(path.join(ROOT, entry))) {
      if (/\.(spec|harness)\.tsx?$/.test(file)) continue;
      hash
        .update(`${path.relative(ROOT, file)}\0`)
        .update(fs.readFileSync(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

const isBuilt = () => APPS.every((app) => fs.existsSync(builtMain(app)));

/** Builds both apps into dist, unless what is there was built from these very sources. */
export async function buildApps({ signal } = {}) {
  const stamp = { tools: hashOf(TOOLS), sources: hashOf(SOURCES) };
  const last = readJsonFile(STAMP);
  if (isBuilt() && last?.tools === stamp.tools && last.sources === stamp.sources) return;
  fs.rmSync(STAMP, { force: true });
  // The compiler writes only what it believes to have changed: after another configuration, a failure or a hand in the
  // output it would be wrong.
  if (!isBuilt() || last?.tools !== stamp.tools) fs.rmSync(DIST, { recursive: true, force: true });
  await step('Building both apps', async () => {
    for (const app of APPS) {
      await runNode(['node_modules/@nestjs/cli/bin/nest.js', 'build', app], {
        what: `The build of ${app}`,
        signal,
      });
    }
  });
  fs.writeFileSync(STAMP, JSON.stringify(stamp));
}
