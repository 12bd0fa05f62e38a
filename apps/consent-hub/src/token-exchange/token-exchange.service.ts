import { Injectable } from '@nestjs/common';
import { AccountListing, CodeExchange, type GrantCaller } from '@consent-hub/consent';
import { TokenGrants } from '@consent-hub/token-grant';

/** From the PSU's code to the first pair; has the accounts listed that the PSU chose. */
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
    // The PSU does not wait for the list; one that fails now is asked for again by the job of `accounts`.
    void this.accounts.attempt(consentId, caller.trace);
  }
}
