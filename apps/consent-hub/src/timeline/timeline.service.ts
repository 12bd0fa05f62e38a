import { Injectable } from '@nestjs/common';
import {
  TimelineHashes,
  TimelineVerifier,
  type HeadPage,
  type RecomputedHash,
  type VerifiedPage,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { TimelineVerificationRepository } from './timeline-verification.repository.js';
import type { TimelineHashesRequest, TimelineHeadsRequest } from './timeline-heads.request.js';
import type { VerifyTimelinesRequest } from './verify-timelines.request.js';

/** Verifies timelines, and gives what is kept of them elsewhere, some at a time. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly verifier: TimelineVerifier,
    private readonly hashes: TimelineHashes,
    private readonly verifications: TimelineVerificationRepository,
  ) {}

  /**
   * A page of all timelines is remembered as a part of the caller's verification.
   *
   * @throws ConsentError `consent_not_found`
   */
  async verify({ id }: Caller, { consent_id, cursor, limit }: VerifyTimelinesRequest): Promise<VerifiedPage> {
    if (consent_id !== undefined) return this.verifier.one(consent_id);
    const page = await this.verifier.page(limit, cursor);
    await this.verifications.noteOfCaller(`client:${id}`, cursor, page);
    return page;
  }

  heads({ limit, cursor }: TimelineHeadsRequest): Promise<HeadPage> {
    return this.hashes.heads(limit, cursor);
  }

  recompute({ items }: TimelineHashesRequest): Promise<RecomputedHash[]> {
    return this.hashes.recompute(items.map(({ consent_id, seq }) => ({ consentId: consent_id, seq })));
  }
}
