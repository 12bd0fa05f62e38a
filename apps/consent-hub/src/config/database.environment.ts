import { Matches } from 'class-validator';

/** Also what the command line tool reads: it needs nothing else. */
export class DatabaseEnvironment {
  @Matches(/^postgres(?:ql)?:\/\/\S+$/, {
    message: '$property must be set to the URL of a database: postgres://user:password@host:5432/name',
  })
  DATABASE_URL: string;
}
