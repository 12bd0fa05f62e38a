import { ensurePromtool } from '../lib/promtool.mjs';
import setUpDatabase from './database-setup.mjs';

/** The database, and Prometheus' checker of rules: its path is in PROMTOOL_PATH, which stays unset where none can be had. */
export default async function setUpPromtool() {
  const path = await ensurePromtool();
  if (path) process.env.PROMTOOL_PATH = path;
  await setUpDatabase();
}
