import { Injectable, Logger } from '@nestjs/common';
import { ConsentExpirer, ConsentReminder } from '@consent-hub/consent';
import { inBatches, RecurringJob } from '@consent-hub/platform';

/** Consents ended or reminded of, or SCA tokens destroyed, in one statement. */
const BATCH = 500;

/** Ends links, consents and SCA tokens that ran out, and reminds of consents that soon will. Any number of replicas may run it. */
@Injectable()
export class ConsentExpiryJob extends RecurringJob {
  /** How late an end may be noticed. A request in between is answered by the clock, not by the state. */
  protected readonly intervalMs = 15_000;
  private readonly logger = new Logger(ConsentExpiryJob.name);

  constructor(
    private readonly expirer: ConsentExpirer,
    private readonly reminder: ConsentReminder,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const links = await inBatches(BATCH, (size) => this.expirer.expireLinks(size));
    const consents = await inBatches(BATCH, (size) => this.expirer.expireConsents(size));
    await inBatches(BATCH, (size) => this.expirer.destroyScaTokens(size));
    await inBatches(BATCH, (size) => this.reminder.remind(size));
    if (links + consents > 0) this.logger.log({ msg: 'links and consents expired', links, consents });
  }
}
