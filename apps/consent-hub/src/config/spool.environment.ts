import { IsNotEmpty } from 'class-validator';
import { WholeNumber } from './whole-number.js';

/** Where answers of the bank wait that are not in the database yet. */
export class SpoolEnvironment {
  @IsNotEmpty({ message: '$property must be set to a directory on a disk that outlives the process' })
  HUB_SPOOL_DIR: string;

  /** How long they are kept after the last one, for a database that fails over and forgets. */
  @WholeNumber(1, 10_080)
  HUB_SPOOL_RETENTION_MINUTES: number = 30;
}
