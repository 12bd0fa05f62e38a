import { ensureSoftHsm } from '../lib/softhsm.mjs';
import setUpDatabase from './database-setup.mjs';

/** The database, and an HSM of software where one can be had. */
export default async function setUpIntegration() {
  await ensureSoftHsm();
  await setUpDatabase();
}
