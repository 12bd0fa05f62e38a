import { Injectable } from '@nestjs/common';
import { ConsentError, ConsentRepository, type ConsentEntity } from '@consent-hub/consent';
import { TokenRequestRepository } from '../request/token-request.repository.js';
import type { TokenRequestEntity } from '../request/token-request.entity.js';

export const IN_PROGRESS_RETRY_SECONDS = 2;
const UNAVAILABLE_RETRY_SECONDS = 5;

/** Reports the result of a request that brought no pair, from what journal and consent hold by now. */
@Injectable()
export class GrantFailures {
  constructor(
    private readonly journal: TokenRequestRepository,
    private readonly consents: ConsentRepository,
  ) {}

  async of({ id, consentId }: Pick<TokenRequestEntity, 'id' | 'consentId'>): Promise<ConsentError> {
    const [request, consent] = await Promise.all([this.journal.find(id), this.consents.find(consentId)]);
    if (consent?.endedAt) return notLive(consentId, consent);
    switch (request?.status) {
      case 'refused':
        return new ConsentError('bank_refused', {
          consentId,
          ...(request.bankError !== null && { bankError: request.bankError }),
          ...(request.bankErrorCode !== null && { bankErrorCode: request.bankErrorCode }),
        });
      case 'received':
        return new ConsentError('bank_answer_unreadable', { consentId });
      case 'in_doubt': {
        const retryAfterSeconds = await this.journal.secondsOfLease(id);
        return new ConsentError('grant_in_doubt', { consentId, retryAfterSeconds });
      }
      case 'not_sent':
        return unavailable(consentId);
      default:
        return new ConsentError('grant_in_progress', {
          consentId,
          retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
        });
    }
  }
}

export const unavailable = (consentId: string): ConsentError =>
  new ConsentError('bank_unavailable', { consentId, retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS });

export const notLive = (consentId: string, consent: ConsentEntity | null): ConsentError =>
  consent
    ? new ConsentError('consent_not_live', { consentId, state: consent.state, reason: consent.stateReason })
    : new ConsentError('consent_not_found', { consentId });
