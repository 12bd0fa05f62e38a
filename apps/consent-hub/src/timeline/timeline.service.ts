import { Injectable } from '@nestjs/common';
import { TimelineVerifier, type VerifiedPage } from '@consent-hub/consent';
import type { VerifyTimelinesRequest } from './verify-timelines.request.js';

/** Verifies timelines, some at a time. */
@Injectable()
export class TimelineService {
  constructor(private readonly verifier: TimelineVerifier) {}

  /** @throws ConsentError `consent_not_found` */
  verify({ consent_id, cursor, limit }: VerifyTimelinesRequest): Promise<VerifiedPage> {
    return consent_id === undefined ? this.verifier.page(limit, cursor) : this.verifier.one(consent_id);
  }
}
