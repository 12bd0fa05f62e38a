import type { StateReason } from '@consent-hub/consent';

/**
 * What became of one request:
 * - `committed`: the pair it brought is stored
 * - `overtaken`: it brought a pair, but the consent had ended or been renewed meanwhile
 * - `received`: it brought something that cannot be read yet; the answer is kept
 * - `refused`: the bank said no, which ends nothing by itself
 * - `ended`: the bank said no, and the consent is over
 * - `not_sent`: nothing happened at the bank
 * - `in_doubt`: nobody knows whether the bank acted
 */
export type GrantOutcome =
  'committed' | 'overtaken' | 'received' | 'refused' | 'ended' | 'not_sent' | 'in_doubt';

/** The end of one request, for its journal row. */
export interface GrantEnd {
  readonly outcome: GrantOutcome;
  /** Why the consent is over, where this ended it. */
  readonly reason: StateReason | null;
}

export const ending = (outcome: GrantOutcome, reason: StateReason | null = null): GrantEnd => ({
  outcome,
  reason,
});
