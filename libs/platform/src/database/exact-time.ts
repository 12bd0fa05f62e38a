/**
 * A moment of the database as text, ISO 8601 in UTC with its microseconds: it can be compared in a later statement. A `Date` keeps
 * milliseconds alone, and so lies before the moment.
 *
 * @param moment SQL of a `timestamptz`
 */
export const exactTime = (moment: string): string =>
  `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
