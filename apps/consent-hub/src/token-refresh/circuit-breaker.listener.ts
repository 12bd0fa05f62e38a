import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GrantAudience, GrantObserver, type EndedRequest } from '@consent-hub/token-grant';
import type { CircuitBreakerReport } from './circuit-breaker-state.js';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';

/** Reports to the circuit breaker every refresh that ends here, be it due or asked for. */
@Injectable()
export class CircuitBreakerListener extends GrantObserver implements OnModuleInit {
  constructor(
    private readonly breaker: RefreshCircuitBreaker,
    private readonly audience: GrantAudience,
  ) {
    super();
  }

  onModuleInit(): void {
    this.audience.join(this);
  }

  override requestEnded(request: EndedRequest): void {
    if (request.grantType === 'refresh_token') this.breaker.note(request.brand, outcomesOf(request));
  }

  override spoolReplayed(): void {
    // Says nothing about the bank of today.
  }

  override databaseAway(): void {
    // Not the bank's fault.
  }
}

/**
 * What a refresh says about the bank. Nothing where nothing was sent or the request itself was refused: that costs no pair, and
 * the pair backs off by itself. A pair found lost by a probe was counted when its first answer was lost.
 */
export function outcomesOf({
  consentId,
  outcome,
  reason,
  isScheduled,
}: Pick<EndedRequest, 'consentId' | 'outcome' | 'reason' | 'isScheduled'>): Partial<CircuitBreakerReport> {
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
