import 'reflect-metadata';
import { MigratedDatabase, readSecret } from '@consent-hub/platform';
import { HUB_SCHEMA } from './migrations/consent-hub/index.js';

/** For the hub; the file of the sandbox bank is in the same directory. */
export default new MigratedDatabase(readSecret(process.env, 'DATABASE_URL'), HUB_SCHEMA);
