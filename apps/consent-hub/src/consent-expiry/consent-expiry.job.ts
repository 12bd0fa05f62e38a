import { Injectable, Logger } from '@nestjs/common';
import { ConsentExpirer, ConsentReminder } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';

/** Consents ended or reminded of, or SCA tokens destroyed, in one statement. */
const BATCH = 500;

/** Ends links, consents and SCA tokens that ran out, and reminds of consents that soon will. Any number of replicas may run it. */
@Injectable()
export class ConsentExpiryJob extends RecurringJob {
  /** How late an end may be noticed. Whoever asks in between is answered by the clock, not by the state. */
  protected readonly intervalMs = 15_000;
  private readonly logger = new Logger(ConsentExpiryJob.name);

  constructor(
    private readonly expirer: ConsentExpirer,
    private readonly reminder: ConsentReminder,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const links = await untilNoneIsLeft(() => this.expirer.expireLinks(BATCH));
    const consents = await untilNoneIsLeft(() => this.expirer.expireConsents(BATCH));
    await untilNoneIsLeft(() => this.expirer.destroyScaTokens(BATCH));
    await untilNoneIsLeft(() => this.reminder.remind(BATCH));
    if (links + consents > 0) this.logger.log({ msg: 'links and consents expired', links, consents });
  }
}

async function untilNoneIsLeft(next: () => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const ended = await next();
    total += ended;
    if (ended < BATCH) return total;
  }
}
