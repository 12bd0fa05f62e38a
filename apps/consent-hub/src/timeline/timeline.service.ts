import { Injectable } from '@nestjs/common';
import {
  TimelineHashes,
  TimelineVerifier,
  type HeadPage,
  type RecomputedHash,
  type VerifiedPage,
} from '@consent-hub/consent';
import type { TimelineHashesRequest, TimelineHeadsRequest } from './timeline-heads.request.js';
import type { VerifyTimelinesRequest } from './verify-timelines.request.js';

/** Verifies timelines, and gives what is kept of them elsewhere, some at a time. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly verifier: TimelineVerifier,
    private readonly hashes: TimelineHashes,
  ) {}

  /** @throws ConsentError `consent_not_found` */
  verify({ consent_id, cursor, limit }: VerifyTimelinesRequest): Promise<VerifiedPage> {
    return consent_id === undefined ? this.verifier.page(limit, cursor) : this.verifier.one(consent_id);
  }

  heads({ limit, cursor }: TimelineHeadsRequest): Promise<HeadPage> {
    return this.hashes.heads(limit, cursor);
  }

  recompute({ items }: TimelineHashesRequest): Promise<RecomputedHash[]> {
    return this.hashes.recompute(items.map(({ consent_id, seq }) => ({ consentId: consent_id, seq })));
  }
}
