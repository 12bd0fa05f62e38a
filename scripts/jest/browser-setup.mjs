import { ensureChromium } from '../lib/chromium.mjs';
import setUpDatabase from './database-setup.mjs';

/** The database, and a browser: its path is in CHROMIUM_PATH, which stays unset where none can be had. */
export default async function setUpBrowser() {
  const path = await ensureChromium();
  if (path) process.env.CHROMIUM_PATH = path;
  await setUpDatabase();
}
