import 'reflect-metadata';
import { MigratedDatabase, readSecret } from '@consent-hub/platform';
import { BANK_SCHEMA } from './migrations/sandbox-bank/index.js';

export default new MigratedDatabase(readSecret(process.env, 'DATABASE_URL'), BANK_SCHEMA);
