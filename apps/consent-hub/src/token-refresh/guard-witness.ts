import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GrantAudience, GrantObserver, type EndedRequest } from '@consent-hub/token-grant';
import type { GuardReport } from './guard-state.js';
import { RefreshGuard } from './refresh-guard.js';

/** Tells the guard of every refresh that ends here, be it due or asked for. */
@Injectable()
export class GuardWitness extends GrantObserver implements OnModuleInit {
  constructor(
    private readonly guard: RefreshGuard,
    private readonly audience: GrantAudience,
  ) {
    super();
  }

  onModuleInit(): void {
    this.audience.join(this);
  }

  override requestEnded(request: EndedRequest): void {
    if (request.grantType === 'refresh_token') this.guard.note(request.brand, noticedOf(request));
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
export function noticedOf({
  consentId,
  outcome,
  reason,
  isScheduled,
}: Pick<EndedRequest, 'consentId' | 'outcome' | 'reason' | 'isScheduled'>): Partial<GuardReport> {
  switch (outcome) {
    case 'committed':
    case 'overtaken':
      return isScheduled ? { good: 1 } : { goodOnDemand: 1 };
    case 'in_doubt':
    case 'received':
      return { bad: [consentId] };
    case 'ended':
      return reason === 'refresh_refused' ? { refused: [consentId] } : isScheduled ? { told: 1 } : {};
    case 'refused':
    case 'not_sent':
      return {};
  }
}
