import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage, isLockTimeout } from '@consent-hub/platform';
import { GrantObserver } from './grant-observer.js';
import { logNamesOf, type OpenRequest } from '../request/reserved-request.js';

/** Longest wait between two tries to write while the database is away, milliseconds. */
const LONGEST_WAIT_MS = 2_000;

/** Writes what the bank said, however long the database is away. */
@Injectable()
export class PatientWriter {
  private readonly logger = new Logger(PatientWriter.name);
  private stopping = false;

  constructor(private readonly observer: GrantObserver) {}

  stop(): void {
    this.stopping = true;
  }

  async write<T>(request: OpenRequest, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseOutage(error) || this.stopping) throw error;
        if (tries === 1) {
          const isLocked = isLockTimeout(error);
          this.logger.warn({
            msg: isLocked ? 'row locked, answer waits' : 'database away, answer waits',
            ...logNamesOf(request),
          });
          if (!isLocked) this.observer.databaseAway();
        }
        await delay(Math.min(LONGEST_WAIT_MS, 50 * 2 ** tries));
      }
    }
  }
}
