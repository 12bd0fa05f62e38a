import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AccountLists } from '@consent-hub/consent';
import { SoleRun } from '@consent-hub/platform';
import { AccountListing } from './account-listing.service.js';

const EVERY_MS = 5_000;
/** Lists asked for at a time. */
const BATCH = 20;

/**
 * Asks for the accounts of AIS consents that still lack them: the bank did not answer after the exchange, or the process ended
 * before it could ask. Any number of replicas share the work.
 */
@Injectable()
export class AccountListingJob implements BeforeApplicationShutdown {
  private readonly runs = new SoleRun(AccountListingJob.name, () => this.sweep());

  constructor(
    private readonly lists: AccountLists,
    private readonly accounts: AccountListing,
  ) {}

  @Interval(EVERY_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }

  private async sweep(): Promise<void> {
    const due = await this.lists.claimDue(BATCH);
    await Promise.all(due.map((consentId) => this.accounts.attempt(consentId)));
  }
}
