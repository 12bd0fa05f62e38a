import { WholeNumber } from './whole-number.js';

/** How long the journal keeps calls of POST /token that have ended. */
export class JournalEnvironment {
  /** More than any spool may keep the answers that it compares with the journal. */
  @WholeNumber(30, 3650)
  HUB_JOURNAL_RETENTION_DAYS: number = 400;
}
