import { TimelineVerifications, type Actor, type PastVerification } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TimelineVerificationRepository } from './timeline-verification.repository.js';

/** Answers the console. */
@Injectable()
export class TimelineVerificationsService extends TimelineVerifications {
  constructor(private readonly verifications: TimelineVerificationRepository) {
    super();
  }

  override latest(limit: number): Promise<readonly PastVerification[]> {
    return this.verifications.latest(limit);
  }

  override async request(tx: EntityManager, requestedBy: Actor): Promise<boolean> {
    return (await this.verifications.begin(tx, requestedBy, true)) !== null;
  }
}
