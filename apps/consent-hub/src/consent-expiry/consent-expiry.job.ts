import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ConsentExpirer, ConsentReminder } from '@consent-hub/consent';
import { SoleRun } from '@consent-hub/platform';

/** How late, in milliseconds, an end may be noticed. Whoever asks in between is answered by the clock, not by the state. */
const EVERY_MS = 15_000;
/** Consents ended or reminded of, or SCA tokens destroyed, in one statement. */
const BATCH = 500;

/** Ends links, consents and SCA tokens that ran out, and reminds of consents that soon will. Any number of replicas may run it. */
@Injectable()
export class ConsentExpiryJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ConsentExpiryJob.name);
  private readonly runs = new SoleRun(ConsentExpiryJob.name, () => this.sweep());

  constructor(
    private readonly expirer: ConsentExpirer,
    private readonly reminder: ConsentReminder,
  ) {}

  @Interval(EVERY_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }

  private async sweep(): Promise<void> {
    const links = await untilNoneIsLeft(() => this.expirer.expireLinks(BATCH));
    const consents = await untilNoneIsLeft(() => this.expirer.expireConsents(BATCH));
    await untilNoneIsLeft(() => this.expirer.destroyScaTokens(BATCH));
    await untilNoneIsLeft(() => this.reminder.remind(BATCH));
    if (links + consents > 0) this.logger.log({ msg: 'time is over', links, consents });
  }
}

async function untilNoneIsLeft(next: () => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const ended = await next();
    total += ended;
    if (ended < BATCH) return total;
  }
}
