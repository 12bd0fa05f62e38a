import { TimelineVerifier } from '@consent-hub/consent';
import { newId, RecurringJob } from '@consent-hub/platform';
import { Injectable, Logger } from '@nestjs/common';
import {
  TimelineVerificationRepository,
  type LeasedVerification,
} from './timeline-verification.repository.js';

/** Timelines of a page: a fraction of a second. */
const PER_PAGE = 500;
/** A run ends after this time, so that a hub that stops waits for no more. */
const RUN_MS = 3_000;

/**
 * Verifies all timelines where a person asked for it: page by page, by one hub at a time, which holds a lease. A hub that takes over
 * continues where the last page ended.
 */
@Injectable()
export class TimelineVerificationJob extends RecurringJob {
  protected readonly intervalMs = 1_000;
  private readonly logger = new Logger(TimelineVerificationJob.name);
  private readonly owner = newId();

  constructor(
    private readonly verifications: TimelineVerificationRepository,
    private readonly verifier: TimelineVerifier,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const until = performance.now() + RUN_MS;
    while (performance.now() < until) {
      const leased = await this.verifications.lease(this.owner);
      if (!leased || !(await this.verifyNext(leased))) return;
    }
  }

  /** @returns whether there is more to verify */
  private async verifyNext(leased: LeasedVerification): Promise<boolean> {
    const page = await this.verifier.page(PER_PAGE, leased.after ?? undefined);
    for (const { consentId, seq, fault } of page.broken)
      this.logger.error({ msg: 'timeline is broken', consentId, seq, fault });
    if (!(await this.verifications.add(leased, page))) return false;
    if (page.next !== null) return true;
    await this.verifications.prune();
    this.logger.log({ msg: 'all timelines verified', verification: leased.id });
    return false;
  }
}
