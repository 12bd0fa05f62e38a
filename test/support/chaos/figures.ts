import { appendFileSync } from 'node:fs';

/** The long form is `npm run chaos`; `npm test` runs the same cases with small figures. */
const IS_LONG = process.env['CHAOS_FORM'] === 'long';

/** A figure of a case, in the form that runs. */
export const figure = <T>(short: T, long: T): T => (IS_LONG ? long : short);

/** A time limit of a test; the long form waits out what the short form makes small. */
export const WITHIN_MS = figure(90_000, 45 * 60_000);

/** Writes what a case has counted for the table at the end of a long run. */
export function report(title: string, counted: object): void {
  const file = process.env['CHAOS_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify({ case: title, ...counted })}\n`);
}
