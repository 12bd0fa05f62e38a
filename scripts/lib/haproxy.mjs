import fs from 'node:fs';
import { installPackages } from './debian.mjs';
import { describeError } from './failure.mjs';
import { step } from './progress.mjs';

const PROGRAM = '/usr/sbin/haproxy';
const APT_GET = '/usr/bin/apt-get';

/** Installs HAProxy for the tests of the proxy, where that can be done. They are skipped without it, and say so. */
export async function ensureHaproxy() {
  if (fs.existsSync(PROGRAM) || process.getuid?.() !== 0 || !fs.existsSync(APT_GET)) return;
  try {
    await step('Installing HAProxy for the tests of the proxy', () => installPackages('haproxy'));
  } catch (error) {
    console.warn(describeError(error).trim());
  }
}
