import { faultOfDatabaseUrl, POOLERS, type Pooler } from '@consent-hub/platform';
import { IsIn, ValidateBy } from 'class-validator';

/** Also what the command line tool reads: it needs nothing else. */
export class DatabaseEnvironment {
  @ValidateBy({
    name: 'databaseUrl',
    validator: {
      validate: (url) => faultOfDatabaseUrl(url) === undefined,
      defaultMessage: (given) => `$property ${faultOfDatabaseUrl(given?.value)}`,
    },
  })
  DATABASE_URL: string;

  @IsIn(POOLERS, { message: `$property must be one of ${POOLERS.join(', ')}` })
  DATABASE_POOLER: Pooler = 'none';
}
