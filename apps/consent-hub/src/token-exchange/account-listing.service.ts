import { Injectable } from '@nestjs/common';
import { BankClient } from '@consent-hub/bank-client';
import {
  ConsentError,
  ConsentRepository,
  isLive,
  type ConsentAccountEntity,
  type ConsentEntity,
} from '@consent-hub/consent';
import { newRequestId } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';

/**
 * The accounts of a consent. CAF: the one of the token's answer. AIS: the bank is asked with the access token, once; the
 * list belongs to the consent and changes only with a new one (bank page "Flows").
 */
@Injectable()
export class AccountListing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly bank: BankClient,
    private readonly vault: TokenVault,
  ) {}

  /** What is known; asks the bank where nothing is known yet and the consent is live. */
  async known(consent: ConsentEntity): Promise<ConsentAccountEntity[]> {
    const accounts = await this.consents.accounts(consent.id);
    if (accounts.length > 0 || consent.scope !== 'AIS' || !isLive(consent.state)) return accounts;
    await this.list(consent.id);
    return this.consents.accounts(consent.id);
  }

  /**
   * Asks the bank for the accounts of a live AIS consent and stores them. Safe to repeat.
   *
   * @throws BankError
   */
  async list(consentId: string): Promise<void> {
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    const { brand, scope, tokenSet } = consent;
    if (scope !== 'AIS' || !tokenSet?.accessToken) return;
    const accessToken = this.vault.open(tokenSet.accessToken, {
      consentId,
      purpose: 'access_token',
      generation: tokenSet.generation,
    });
    const accounts = await this.bank.listAccounts({ brand, accessToken, requestId: newRequestId() });
    await this.dataSource.transaction(async (tx) => {
      await this.consents.replaceAccounts(tx, consentId, accounts);
      await this.consents.record(tx, consentId, 'accounts_listed', 'hub:token-exchange', {
        count: accounts.length,
      });
    });
  }
}
