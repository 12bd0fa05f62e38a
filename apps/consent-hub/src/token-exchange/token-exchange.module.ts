import { Global, Module } from '@nestjs/common';
import { CodeExchange, ConsentModule } from '@consent-hub/consent';
import { AccountListingJob } from './account-listing.job.js';
import { AccountListing } from './account-listing.service.js';
import { ConsentAccountsController } from './consent-accounts.controller.js';
import { ExchangeRecoveryJob } from './exchange-recovery.job.js';
import { TokenExchangeService } from './token-exchange.service.js';

/** Global for its port alone: the callback hands an authorized consent to `CodeExchange`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [ConsentAccountsController],
  providers: [
    AccountListing,
    AccountListingJob,
    ExchangeRecoveryJob,
    TokenExchangeService,
    { provide: CodeExchange, useExisting: TokenExchangeService },
  ],
  exports: [CodeExchange],
})
export class TokenExchangeModule {}
