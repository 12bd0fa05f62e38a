import type { RefreshCount } from '@consent-hub/consent';
import type { Meaning } from '../frame/parts.js';

/** What an outcome of refreshes means for people. `tally` outcomes are those of the journal, or why a consent ended. */
export const OUTCOME_KINDS = {
  refreshed: { text: 'refreshed', meaning: 'good' },
  in_doubt: { text: 'in doubt', meaning: 'doubt' },
  failed: { text: 'failed, consent stays live', meaning: 'wait' },
  lost: { text: 'consent lost', meaning: 'bad' },
  ended: { text: 'consent had ended', meaning: 'ended' },
} as const satisfies Record<string, { readonly text: string; readonly meaning: Meaning }>;
export type OutcomeKind = keyof typeof OUTCOME_KINDS;

/** From the bottom of a bar to its top. */
export const OUTCOME_ORDER = Object.keys(OUTCOME_KINDS) as OutcomeKind[];

const KINDS: Readonly<Record<string, OutcomeKind>> = {
  committed: 'refreshed',
  in_doubt: 'in_doubt',
  rotation_lost: 'lost',
  refresh_refused: 'lost',
  exchange_lost: 'lost',
  code_refused: 'lost',
  withdrawn_at_bank: 'ended',
  overtaken: 'ended',
};

/** What is not named is a failure that cost nothing: refused, not sent, not readable yet. */
export const kindOf = (outcome: string): OutcomeKind => KINDS[outcome] ?? 'failed';

/** Refreshes that brought no pair, of all. */
export function sumUp(counts: readonly RefreshCount[]): {
  readonly all: number;
  readonly failed: number;
  readonly lost: number;
} {
  const sum = (wanted: (kind: OutcomeKind) => boolean) =>
    counts.filter(({ outcome }) => wanted(kindOf(outcome))).reduce((total, { count }) => total + count, 0);
  return {
    all: sum(() => true),
    failed: sum((kind) => kind === 'failed' || kind === 'in_doubt' || kind === 'lost'),
    lost: sum((kind) => kind === 'lost'),
  };
}
