import { Injectable } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { PsuSessionRepository } from './psu-session.repository.js';

/** Deletes links and sessions that have long ended. Any number of replicas may run it. */
@Injectable()
export class PsuSessionExpiryJob extends RecurringJob {
  protected readonly intervalMs = 600_000;

  constructor(private readonly sessions: PsuSessionRepository) {
    super();
  }

  protected override work(): Promise<void> {
    return this.sessions.forgetEnded();
  }
}
