/** What a page says to a person instead of what was asked for. Nothing was changed. */
export class ConsoleFailure extends Error {
  constructor(
    /** HTTP status code. */
    readonly status: number,
    readonly title: string,
    /** Our own text: what happened, and what can be done. */
    readonly text: string,
    readonly signsIn = false,
  ) {
    super(title);
    this.name = 'ConsoleFailure';
  }
}

export const notFound = (what: string): ConsoleFailure =>
  new ConsoleFailure(
    404,
    'Not found',
    `There is no such ${what}. It may never have existed, or the address is cut off.`,
  );
