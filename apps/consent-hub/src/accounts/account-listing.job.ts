import { Injectable } from '@nestjs/common';
import { ConsentAccountRepository } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { AccountListingService } from './account-listing.service.js';

/** Lists asked for at a time. */
const BATCH = 20;

/**
 * Asks for the accounts of AIS consents that still lack them: the bank did not answer after the exchange, or the process ended
 * before it could ask. Any number of replicas share the work.
 */
@Injectable()
export class AccountListingJob extends RecurringJob {
  protected readonly intervalMs = 5_000;

  constructor(
    private readonly lists: ConsentAccountRepository,
    private readonly accounts: AccountListingService,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    const due = await this.lists.claimDue(BATCH);
    await Promise.all(due.map((consentId) => this.accounts.attempt(consentId)));
  }
}
