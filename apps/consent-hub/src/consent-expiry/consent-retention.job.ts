import { Injectable, Logger } from '@nestjs/common';
import { PersonEraser } from '@consent-hub/consent';
import { inBatches, RecurringJob } from '@consent-hub/platform';
import { ConsentSettings } from '../config/consent.settings.js';

/** Consents erased in one transaction: each adds an entry to its timeline. */
const BATCH = 50;
/** A run ends soon, even if work is left; the next one continues. */
const BATCHES_A_RUN = 200;

/** Erases the personal data of consents that ended longer ago than it may be kept. Any number of replicas may run it. */
@Injectable()
export class ConsentRetentionJob extends RecurringJob {
  protected readonly intervalMs = 60_000;
  private readonly logger = new Logger(ConsentRetentionJob.name);

  constructor(
    private readonly eraser: PersonEraser,
    private readonly settings: ConsentSettings,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const { CONSENT_RETENTION_DAYS: days } = this.settings;
    if (days === 0) return;
    const consents = await inBatches(
      BATCH,
      (size) => this.eraser.eraseEnded(days, size, 'hub:consent-retention'),
      BATCHES_A_RUN,
    );
    if (consents > 0) this.logger.log({ msg: 'personal data of ended consents erased', consents });
  }
}
