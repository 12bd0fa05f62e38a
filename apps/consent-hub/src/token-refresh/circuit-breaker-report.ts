import type { RequestEnded } from '@consent-hub/token-grant';

/** Refreshes that the bank answered without a pair, and in its right mind. */
export interface Refusals {
  /** Consents whose pair the bank refused in documented words. */
  readonly refused: readonly string[];
  /** Among the refused consents and those counted before: groups with one person, or one account, in common. */
  readonly sharing: readonly (readonly string[])[];
  /** Those that say nothing about the pairs of others. */
  readonly neutral: number;
}

/** What a replica noticed since its last report. */
export interface CircuitBreakerReport extends Refusals {
  /** Permits that the replica still holds: this number corrects reports that were lost with a broken connection. */
  readonly held: number;
  readonly good: number;
  /** Consents whose pair may have been burned: each counts. */
  readonly bad: readonly string[];
  /** A caller's own refresh came back well: as good as a canary. */
  readonly goodOnDemand: number;
}

export const EMPTY_REPORT: CircuitBreakerReport = {
  held: 0,
  good: 0,
  bad: [],
  refused: [],
  sharing: [],
  neutral: 0,
  goodOnDemand: 0,
};

/**
 * What a refresh says about the bank. Nothing where nothing was sent or the request itself was refused: that costs no pair, and
 * the pair backs off by itself. A pair found lost by a probe was counted when its first answer was lost.
 */
export function outcomesOf({
  consentId,
  outcome,
  reason,
  isScheduled,
}: Pick<RequestEnded, 'consentId' | 'outcome' | 'reason' | 'isScheduled'>): Partial<CircuitBreakerReport> {
  switch (outcome) {
    case 'committed':
    case 'overtaken':
      return isScheduled ? { good: 1 } : { goodOnDemand: 1 };
    case 'in_doubt':
    case 'received':
      return { bad: [consentId] };
    case 'ended':
      return reason === 'refresh_refused' ? { refused: [consentId] } : isScheduled ? { neutral: 1 } : {};
    case 'refused':
    case 'not_sent':
      return {};
  }
}

/**
 * A bank keeps one live pair for each person, and may know several names here as one person: all pairs except the newest are
 * invalid then, and their refusals say nothing about the pairs of others. So one refusal counts for each person or account.
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

/** No refresh has ended. */
export const isEmpty = ({ good, bad, refused, neutral, goodOnDemand }: CircuitBreakerReport): boolean =>
  good + bad.length + refused.length + neutral + goodOnDemand === 0;
