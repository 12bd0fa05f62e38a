import type { RequestEnded } from '@consent-hub/token-grant';
import type { CircuitBreakerReport } from './circuit-breaker-state.js';

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
