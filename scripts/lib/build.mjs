import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { compileApps, sourceFiles } from './compile.mjs';
import { ROOT } from './paths.mjs';
import { readJsonFile } from './private-files.mjs';
import { step } from './progress.mjs';

const APPS = ['consent-hub', 'sandbox-bank'];
const TOOLS = ['tsconfig.json', 'package-lock.json', 'scripts/lib/compile.mjs'];
const DIST = path.join(ROOT, 'dist');
const STAMP = path.join(DIST, '.stamp');

/** The program of an app, as built. */
export const builtMain = (app) => path.join(DIST, 'apps', app, 'src', 'main.js');

/** A hash over the names and contents of these files. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

const isBuilt = () => APPS.every((app) => fs.existsSync(builtMain(app)));

/** Builds both apps into dist, unless what is there was built from these very sources. */
export async function buildApps({ signal } = {}) {
  const hash = hashOf([...TOOLS, ...sourceFiles()]);
  if (isBuilt() && readJsonFile(STAMP)?.hash === hash) return;
  fs.rmSync(STAMP, { force: true });
  await step('Building both apps', () => compileApps({ signal }));
  fs.writeFileSync(STAMP, JSON.stringify({ hash }));
}
