import { chromium, type Browser } from 'playwright-core';

/** Found or installed before the tests of this tier begin. */
const PATH = process.env['CHROMIUM_PATH'];

/** Left out where no browser can be had; the run has said so, and under CI it has failed. */
export const describeInBrowser = PATH ? describe : describe.skip;

/** As root, Chromium cannot put its pages into a sandbox of their own. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    ...(PATH && { executablePath: PATH }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
