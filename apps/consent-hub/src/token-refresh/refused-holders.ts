/** Refreshes that the bank answered without a pair, and in its right mind. */
export interface Refusals {
  /** Consents whose pair the bank refused in documented words. */
  readonly refused: readonly string[];
  /** Of the refused consents and those counted before: groups with one person, or one account, in common. */
  readonly sharing: readonly (readonly string[])[];
  /** Those that say nothing about the pairs of others. */
  readonly neutral: number;
}

/**
 * A bank keeps one live pair for each person, and may know as one person who has several names here: all pairs but the newest
 * are dead then, and their refusals say nothing about the pairs of others. So one refusal counts for each person or account.
 *
 * @param counted consents that counted before
 */
export function countOnce<T extends Refusals>(report: T, counted: readonly string[]): T {
  const refused: string[] = [];
  for (const id of report.refused) {
    const related = new Set([id, ...report.sharing.filter((group) => group.includes(id)).flat()]);
    if (![...counted, ...refused].some((other) => related.has(other))) refused.push(id);
  }
  return { ...report, refused, neutral: report.neutral + report.refused.length - refused.length };
}
