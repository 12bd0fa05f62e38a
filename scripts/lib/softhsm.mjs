import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installPackages } from './debian.mjs';
import { describeError } from './failure.mjs';
import { step } from './progress.mjs';

const PROGRAM = '/usr/bin/softhsm2-util';
const APT_GET = '/usr/bin/apt-get';

/** SoftHSM keeps its tokens where its configuration says, which it reads of the environment of the process that loads it. */
function keepTokensApart() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-hub-hsm-'));
  const configuration = path.join(directory, 'softhsm2.conf');
  fs.writeFileSync(configuration, `directories.tokendir = ${directory}\nobjectstore.backend = file\n`);
  process.env.SOFTHSM2_CONF = configuration;
  process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));
}

/** Installs SoftHSM for the tests of HSMs, where that can be done. They are skipped without it, and say so. */
export async function ensureSoftHsm() {
  keepTokensApart();
  if (fs.existsSync(PROGRAM) || process.getuid?.() !== 0 || !fs.existsSync(APT_GET)) return;
  try {
    await step('Installing SoftHSM for the tests of HSMs', () => installPackages('softhsm2'));
  } catch (error) {
    console.warn(describeError(error).trim());
  }
}
