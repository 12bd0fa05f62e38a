import { Injectable } from '@nestjs/common';
import { CodeExchange, type GrantCaller } from '@consent-hub/consent';
import { TokenGrants } from '@consent-hub/token-grant';
import { AccountListing } from './account-listing.service.js';

/** From the PSU's code to the first pair, and for AIS to the accounts that the PSU chose. */
@Injectable()
export class TokenExchangeService extends CodeExchange {
  constructor(
    private readonly grants: TokenGrants,
    private readonly accounts: AccountListing,
  ) {
    super();
  }

  override async exchange(consentId: string, caller: GrantCaller): Promise<void> {
    await this.grants.exchangeCode(consentId, caller);
    // The PSU does not wait for the list; one that fails now is asked for again by `AccountListingJob`.
    void this.accounts.attempt(consentId, caller.trace);
  }
}
