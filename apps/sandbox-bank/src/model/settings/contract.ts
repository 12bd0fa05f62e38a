import type { ErrorStyle, Scope } from '@consent-hub/psd2-protocol';

/** Which ages of the contract the bank serves: what is live today, or every version that was ever recorded. */
export const CONTRACTS = ['current', 'all'] as const;
export type Contract = (typeof CONTRACTS)[number];

/** One version of an endpoint of the bank's API. */
export interface EndpointVersion {
  /** The scopes for which it is live today; none for a version of an older age. */
  readonly today: readonly Scope[];
  /** The scopes that it served before. */
  readonly before?: readonly Scope[];
  readonly errors: ErrorStyle;
  /** Without a scope of today it still answers, and says that the scope is not allowed. */
  readonly answersWithoutScope?: true;
}

/** For which scopes a version may be called; one without any is not there. */
export const scopesServed = (
  { today, before = [] }: EndpointVersion,
  contract: Contract,
): readonly Scope[] => (contract === 'all' ? [...new Set([...today, ...before])] : today);
