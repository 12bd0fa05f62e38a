import { buildApps } from '../lib/build.mjs';
import setUpDatabase from './database-setup.mjs';

/** The database, and both apps as they are run in production. */
export default async function setUpBuild() {
  await buildApps();
  await setUpDatabase();
}
