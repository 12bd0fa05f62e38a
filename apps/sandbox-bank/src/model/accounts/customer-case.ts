/** What a test customer is good for, the most useful first. */
export const CUSTOMER_CASES = [
  'one',
  'several',
  'joint',
  'currencies',
  'company',
  'many',
  'none',
  'blocked',
  'savings',
] as const;
export type CustomerCase = (typeof CUSTOMER_CASES)[number];

/** The accounts of a customer, counted. */
export interface CustomerFacts {
  readonly accounts: number;
  /** Those that the customer may open to a TPP; the next three count among these. */
  readonly eligible: number;
  readonly shared: number;
  readonly ofOthers: number;
  readonly currencies: number;
  readonly blocked: number;
}

/** From this many accounts on, a list of them is what the customer is good for. */
const MANY = 5;

/** What is special about a customer comes before how many accounts there are. */
export function caseOf({
  accounts,
  eligible,
  shared,
  ofOthers,
  currencies,
  blocked,
}: CustomerFacts): CustomerCase {
  if (accounts === 0) return 'none';
  if (eligible === 0) return blocked > 0 ? 'blocked' : 'savings';
  if (shared > 0) return 'joint';
  if (currencies > 1) return 'currencies';
  if (ofOthers > 0) return 'company';
  if (eligible >= MANY) return 'many';
  return eligible === 1 && accounts === 1 ? 'one' : 'several';
}
