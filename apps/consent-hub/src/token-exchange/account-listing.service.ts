import { Injectable } from '@nestjs/common';
import { BankClient, BankError, type BankAccount } from '@consent-hub/bank-client';
import {
  AccountLists,
  ConsentError,
  ConsentRepository,
  isLive,
  PairRefresh,
  type ConsentAccountEntity,
  type ConsentEntity,
  type Patience,
} from '@consent-hub/consent';
import { newRequestId } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';

const ACTOR = 'hub:token-exchange';

/** How long a refresh is waited for, where the access token at hand is over. */
const PATIENCE: Patience = { waitMs: 10_000 };

/**
 * The accounts of a consent. CAF: the one of the token's answer. AIS: the bank is asked with the access token, until it has
 * told; the list belongs to the consent and changes only with a new one (bank page "Flows").
 */
@Injectable()
export class AccountListing {
  constructor(
    private readonly consents: ConsentRepository,
    private readonly lists: AccountLists,
    private readonly bank: BankClient,
    private readonly pairs: PairRefresh,
    private readonly vault: TokenVault,
  ) {}

  /**
   * What is known; asks the bank first where it has not told yet.
   *
   * @throws BankError, ConsentError
   */
  async known(consent: ConsentEntity): Promise<ConsentAccountEntity[]> {
    if (isWaitedFor(consent)) await this.list(consent.id);
    return this.consents.accounts(consent.id);
  }

  /**
   * Asks the bank for the accounts of a consent that lacks them, and stores them. Safe to repeat, and to do twice at once.
   *
   * @throws BankError, ConsentError
   */
  async list(consentId: string): Promise<void> {
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    if (!isWaitedFor(consent)) return;
    const accounts = await this.ask(consent);
    await this.lists.store(consentId, accounts, ACTOR);
  }

  /** A token that is over, or was replaced on the way to the bank, gives way to the next one, once. */
  private async ask(consent: ConsentEntity): Promise<readonly BankAccount[]> {
    try {
      return await this.askWithToken(consent);
    } catch (error) {
      if (!(error instanceof BankError && error.code === 'access_token_refused')) throw error;
      await this.pairs.refresh(consent.id, consent.tokenSet?.generation ?? 0, PATIENCE);
      const now = await this.consents.find(consent.id);
      return this.askWithToken(now ?? consent);
    }
  }

  private askWithToken({ id: consentId, brand, state, ...consent }: ConsentEntity): Promise<BankAccount[]> {
    const { tokenSet, stateReason: reason } = consent;
    if (!tokenSet?.accessToken) throw new ConsentError('consent_not_live', { consentId, state, reason });
    const { generation } = tokenSet;
    const accessToken = this.vault.open(tokenSet.accessToken, {
      consentId,
      purpose: 'access_token',
      generation,
    });
    return this.bank.listAccounts({ brand, accessToken, requestId: newRequestId() });
  }
}

const isWaitedFor = ({ accountsDueAt, state }: ConsentEntity): boolean =>
  accountsDueAt !== null && isLive(state);
