import { describeError } from '@consent-hub/platform';

/** Runs what must not come between an answer of the bank and the disk or the database when it fails: a log line, a listener. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    // Standard error is what is left when the log fails as well.
    process.emitWarning(`report of a token request failed: ${JSON.stringify(describeError(error))}`);
  }
}
