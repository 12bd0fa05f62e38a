import { RecurringJob } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { ConsoleSessionRepository } from './console-session.repository.js';

/** Deletes sessions and links some time after their end. */
@Injectable()
export class ConsoleSessionsJob extends RecurringJob {
  protected readonly intervalMs = 3_600_000;

  constructor(private readonly sessions: ConsoleSessionRepository) {
    super();
  }

  protected override work(): Promise<void> {
    return this.sessions.deleteOld();
  }
}
