/** A failure that its reader can act on: the message says what to do, so no stack is shown with it. */
export class Failure extends Error {
  name = 'Failure';
}

/** What to print for an error: the sentence of a Failure, everything that is known of a fault of ours. */
export const describeError = (error) =>
  error instanceof Failure
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
