import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runNode } from './commands.mjs';
import { installPackages } from './debian.mjs';
import { describeError, Failure } from './failure.mjs';
import { step } from './progress.mjs';

const PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
];
const PLACES = {
  linux: ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/usr/lib/chromium'].flatMap(
    (directory) => PROGRAMS.map((program) => path.join(directory, program)),
  ),
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((directory) => path.join(directory, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

const PLAYWRIGHT_CACHE = {
  linux: path.join(os.homedir(), '.cache', 'ms-playwright'),
  darwin: path.join(os.homedir(), 'Library', 'Caches', 'ms-playwright'),
  win32: path.join(process.env.LOCALAPPDATA ?? os.homedir(), 'ms-playwright'),
};
const PLAYWRIGHT_PROGRAM =
  /^(chrome|chrome\.exe|headless_shell|headless_shell\.exe|chrome-headless-shell(\.exe)?|Chromium|Google Chrome for Testing)$/;

function playwrightPrograms() {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH || PLAYWRIGHT_CACHE[process.platform];
  if (!cache || !fs.existsSync(cache)) return [];
  return fs
    .readdirSync(cache)
    .filter((name) => name.startsWith('chromium'))
    .sort()
    .reverse()
    .flatMap((name) =>
      fs.readdirSync(path.join(cache, name), { recursive: true }).map((file) => path.join(cache, name, file)),
    )
    .filter((file) => PLAYWRIGHT_PROGRAM.test(path.basename(file)) && fs.statSync(file).isFile());
}

/** Present, and with every library it needs; on Windows a browser asked for its version opens a window instead. */
const runs = (file) =>
  fs.existsSync(file) &&
  (process.platform === 'win32' || spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0);

/** The path of a Chromium that runs here, or undefined. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (runs(chosen)) return chosen;
    throw new Failure(`CHROMIUM_PATH names ${chosen}, which is no browser that runs here.`);
  }
  return [...(PLACES[process.platform] ?? []), ...playwrightPrograms()].find(runs);
}

const isDebian = () =>
  process.getuid?.() === 0 &&
  fs.existsSync('/etc/os-release') &&
  // Ubuntu's package of that name is only a pointer to a snap.
  /^ID=debian$/m.test(fs.readFileSync('/etc/os-release', 'utf8'));

const installFromDebian = () => installPackages('chromium', 'fonts-liberation');

const installFromPlaywright = () =>
  runNode(['node_modules/playwright-core/cli.js', 'install', '--only-shell', 'chromium'], {
    what: "Playwright's installer",
  });

/**
 * The path of a Chromium for the browser tests, installed if need be.
 *
 * @returns undefined where none can be had; the reason is printed
 * @throws Failure instead under CI, where a test that is left out would count as passed
 */
export async function ensureChromium() {
  const reasons = [];
  for (const install of [undefined, ...(isDebian() ? [installFromDebian] : []), installFromPlaywright]) {
    try {
      if (install) await step('Installing Chromium for the browser tests', install);
    } catch (error) {
      reasons.push(describeError(error).trim());
    }
    const found = findChromium();
    if (found) return found;
  }
  const sentence =
    'The browser tests need a Chromium, and none can be installed here: install one, or set CHROMIUM_PATH.';
  if (process.env.CI === 'true') throw new Failure([sentence, ...reasons].join('\n'));
  console.warn(`${sentence} They are skipped.`);
  return undefined;
}
