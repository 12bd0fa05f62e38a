import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where everything lives that a local stack makes; another directory by `CONSENT_HUB_LOCAL_DIR`. */
export const localDirectory = (env = process.env) =>
  env.CONSENT_HUB_LOCAL_DIR ? path.resolve(env.CONSENT_HUB_LOCAL_DIR) : path.join(ROOT, '.local');
