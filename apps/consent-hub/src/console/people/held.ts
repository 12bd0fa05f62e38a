import type { PersonsHoldings } from '@consent-hub/consent';
import { number } from '../frame/parts.js';

/** What is held, in words. */
const HELD: Readonly<Record<keyof Omit<PersonsHoldings, 'consents' | 'going'>, string>> = {
  accounts: 'Accounts that the bank has listed',
  sealed: 'Sealed tokens and codes',
  answers: 'Sealed answers of the bank',
  sessions: "Links and sessions of the person's pages",
  openings: 'Names of openings (Idempotency-Key)',
};

/** Names with counts. @param countOf by the name of what is held */
export const heldFacts = (countOf: (name: keyof typeof HELD) => number): (readonly [string, string])[] =>
  Object.entries(HELD).map(([name, text]) => [text, number(countOf(name as keyof typeof HELD))] as const);
