import { Injectable, Logger } from '@nestjs/common';
import { CodeExchange, ConsentError } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { TokenGrants } from '@consent-hub/token-grant';

/** Codes are short-lived, so what was interrupted is taken up again soon; milliseconds. */
const EVERY_MS = 5_000;
/** Exchanges taken up at a time. */
const BATCH = 20;

/**
 * Takes up exchanges that no process works on: the bank could not be reached, or the process ended between the PSU's return and
 * the bank's answer. A code that has expired is refused by the bank, which ends its consent.
 */
@Injectable()
export class ExchangeRecoveryJob extends RecurringJob {
  protected readonly intervalMs = EVERY_MS;
  private readonly logger = new Logger(ExchangeRecoveryJob.name);

  constructor(
    private readonly grants: TokenGrants,
    private readonly codes: CodeExchange,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const waiting = await this.grants.unfinishedExchanges(BATCH);
    await Promise.all(waiting.map((consentId) => this.takeUp(consentId)));
  }

  /** The next sweep checks again; a call that is under way is found in the journal. */
  private async takeUp(consentId: string): Promise<void> {
    try {
      await this.codes.exchange(consentId, { waitMs: EVERY_MS });
      this.logger.log({ msg: 'exchange taken up and completed', consentId });
    } catch (error) {
      if (!(error instanceof ConsentError)) throw error;
      this.logger.warn({ msg: 'exchange taken up, not completed', consentId, problem: error.code });
    }
  }
}
