import { Global, Module } from '@nestjs/common';
import { AccountListing, ConsentModule } from '@consent-hub/consent';
import { AccountListingJob } from './account-listing.job.js';
import { AccountListingService } from './account-listing.service.js';
import { AccountsController } from './accounts.controller.js';

/** Global for its port alone: who has a first pair stored asks `AccountListing` for the accounts. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [AccountsController],
  providers: [
    AccountListingService,
    AccountListingJob,
    { provide: AccountListing, useExisting: AccountListingService },
  ],
  exports: [AccountListing],
})
export class AccountsModule {}
