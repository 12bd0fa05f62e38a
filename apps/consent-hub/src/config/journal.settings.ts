import { IsNotEmpty } from 'class-validator';
import { WholeNumber } from './validators.js';

/** Where answers of the bank wait that are not in the database yet, and how long calls of POST /token that have ended are kept. */
export class JournalSettings {
  @IsNotEmpty({ message: '$property must be set to a directory on a disk that outlives the process' })
  HUB_SPOOL_DIR: string;

  /** How long answers are kept there after the last one, for a database that fails over and forgets. */
  @WholeNumber(1, 10_080)
  HUB_SPOOL_RETENTION_MINUTES: number = 30;

  /** More than any spool may keep the answers that it compares with the journal. */
  @WholeNumber(30, 3650)
  HUB_JOURNAL_RETENTION_DAYS: number = 400;
}
