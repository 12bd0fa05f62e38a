import 'reflect-metadata';
import { MigratedDatabase, readSecret } from '@consent-hub/platform';
import { HUB_SCHEMA } from './migrations/consent-hub/index.js';

/** The hub's; the sandbox bank's stands beside it. */
export default new MigratedDatabase(readSecret(process.env, 'DATABASE_URL'), HUB_SCHEMA);
