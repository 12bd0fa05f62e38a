import { faultOfDatabaseUrl, POOLERS, type Pooler } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { IsIn } from 'class-validator';
import { SecretVariable } from './validators.js';

/** Also what the command line tool reads: it needs nothing else. */
export class DatabaseSettings {
  @SecretVariable(faultOfDatabaseUrl)
  DATABASE_URL: Secret;

  @IsIn(POOLERS, { message: `$property must be one of ${POOLERS.join(', ')}` })
  DATABASE_POOLER: Pooler = 'none';
}
