// npm run screenshots: starts a stack of its own, fills it through the sandbox bank, and takes the images of docs/images.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BRANDS } from './lib/brands.mjs';
import { findChromium } from './lib/chromium.mjs';
import { describeError, Failure } from './lib/failure.mjs';
import { ROOT } from './lib/paths.mjs';
import { freePort } from './lib/ports.mjs';
import { step } from './lib/progress.mjs';
import { fillStack } from './lib/screenshot-data.mjs';

const IMAGES = path.join(ROOT, 'docs', 'images');
const START_MS = 180_000;
const SIZE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 760 };
/** Of a WebP image, 0 to 100: text stays sharp. */
const QUALITY = 72;
const MOST_BYTES = 1.5 * 1024 * 1024;

/**
 * The images, one a line: the name of the file; the address, from what was put into the stack; on a phone; in the dark, too.
 * Pages of the console and of the person are opened by a browser that is signed in at both.
 */
const PAGES = [
  ['front', ({ hub }) => `${hub}/`],
  ['docs', ({ hub }) => `${hub}/docs#openConsent`, { dark: true }],
  ['docs-errors', ({ hub }) => `${hub}/docs/errors`],
  ['console-overview', ({ hub }) => `${hub}/console`, { dark: true }],
  ['console-attention', ({ hub }) => `${hub}/console/attention`],
  ['console-consents', ({ hub }) => `${hub}/console/consents`],
  ['console-consent', ({ hub, lost }) => `${hub}/console/consents/${lost}`],
  ['console-banks', ({ hub }) => `${hub}/console/banks`],
  ['console-refreshes', ({ hub }) => `${hub}/console/refreshes`],
  ['console-clients', ({ hub }) => `${hub}/console/clients`],
  ['console-webhooks', ({ hub }) => `${hub}/console/webhooks`],
  ['console-events', ({ hub }) => `${hub}/console/events`],
  ['console-security', ({ hub }) => `${hub}/console/security`],
  ['console-instances', ({ hub }) => `${hub}/console/instances`],
  ['console-audit', ({ hub }) => `${hub}/console/audit`],
  ['console-sandbox', ({ hub }) => `${hub}/console/sandbox`],
  ['my-list', ({ hub }) => `${hub}/my`, { phone: true, dark: true }],
  ['callback', ({ returned }) => returned, { phone: true }],
  ['sandbox-control', ({ sandbox }) => `${sandbox}/`, { dark: true }],
  ['sandbox-customers', ({ link }) => link],
];

async function startStack(local) {
  const ports = { HUB_PORT: await freePort(), SANDBOX_HTTP_PORT: await freePort() };
  for (const { portVariable } of BRANDS) ports[portVariable] = await freePort();
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts', 'start.mjs')], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      CONSENT_HUB_LOCAL_DIR: local,
      HUB_BRAND_ACCENT: '#0b5fff',
      // Data that was just made can be refreshed again.
      REFRESH_MIN_INTERVAL_SECONDS: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const started = new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += String(text);
      const [link] = /http\S+\/console\/link\/\S+/.exec(said) ?? [];
      if (link && said.includes('Try it')) resolve(link);
    });
    child.once('exit', () => reject(new Failure(`The stack did not start:\n${said}`)));
    setTimeout(() => reject(new Failure(`The stack did not start in time:\n${said}`)), START_MS).unref();
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    const consoleLink = await started;
    const stack = JSON.parse(fs.readFileSync(path.join(local, 'stack.json'), 'utf8'));
    return { stack, consoleLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A browser whose person is signed in at the console and at `/my`. */
async function signIn(browser, { consoleLink, person }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const link of [consoleLink, person]) {
    await page.goto(link);
    await page.locator('main button').first().click();
    await page.waitForLoadState();
  }
  await page.close();
  return context.storageState();
}

/** Playwright writes no WebP; the browser does. */
async function take(page, file) {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  fs.writeFileSync(path.join(IMAGES, file), Buffer.from(data, 'base64'));
  await session.detach();
}

async function takeAll(browser, storageState, facts) {
  for (const [name, address, { phone = false, dark = false } = {}] of PAGES) {
    for (const colorScheme of dark ? ['light', 'dark'] : ['light']) {
      const context = await browser.newContext({
        storageState,
        colorScheme,
        viewport: phone ? PHONE : SIZE,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(address(facts));
      // A page that a script keeps current says so by then.
      await page.waitForTimeout(500);
      await take(page, `${name}${colorScheme === 'dark' ? '-dark' : ''}.webp`);
      await context.close();
    }
  }
}

function checkSize() {
  const bytes = fs
    .readdirSync(IMAGES)
    .reduce((sum, name) => sum + fs.statSync(path.join(IMAGES, name)).size, 0);
  if (bytes > MOST_BYTES) throw new Failure(`The images are ${bytes} bytes, more than ${MOST_BYTES}.`);
  console.log(`${fs.readdirSync(IMAGES).length} images, ${Math.round(bytes / 1024)} KiB, in docs/images`);
}

async function main() {
  const executablePath = findChromium();
  if (!executablePath) throw new Failure('There is no Chromium here: set CHROMIUM_PATH.');
  const local = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-hub-screenshots-'));
  fs.mkdirSync(IMAGES, { recursive: true });
  const { chromium } = await import('playwright-core');
  const { stack, consoleLink, stop } = await step('Starting a stack', () => startStack(local));
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const facts = await step('Filling it', () => fillStack(stack));
    const state = await signIn(browser, { consoleLink, person: facts.person });
    await step('Taking the images', () => takeAll(browser, state, facts));
    checkSize();
  } finally {
    await browser.close();
    await stop();
    fs.rmSync(local, { recursive: true, force: true });
  }
}

await main().catch((error) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
