const SHORTEST = 3;
export const LONGEST_REASON = 500;
const INVISIBLE = /[\p{Cc}\p{Cs}]+/gu;

/** A field of a form as it came; empty where it did not come as one text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @returns the reason, or what is wrong with it */
export function readReason(given: unknown): { readonly reason: string } | { readonly fault: string } {
  const reason = textOf(given).replaceAll(INVISIBLE, ' ').trim();
  if (reason.length < SHORTEST) return { fault: 'Say in a few words why: the audit shows it.' };
  if (reason.length > LONGEST_REASON) return { fault: `Say it in ${LONGEST_REASON} characters at most.` };
  return { reason };
}
