import { Injectable, Logger } from '@nestjs/common';
import { BankClient, BankError, type BankAccount, type BankErrorCode } from '@consent-hub/bank-client';
import {
  AccountListing,
  ConsentAccountRepository,
  ConsentError,
  ConsentRepository,
  isLive,
  PairRefresh,
  type ConsentAccountEntity,
  type ConsentEntity,
  type EventData,
} from '@consent-hub/consent';
import { describeError, newRequestId, type RequestTrace } from '@consent-hub/platform';
import { TokenVault } from '@consent-hub/token-vault';

const ACTOR = 'hub:token-exchange';

/** How long a refresh is waited for, where the current access token has expired. */
const WAIT_MS = 10_000;

/** What the bank says and will most likely say again; anything else may pass. */
const LASTING: readonly BankErrorCode[] = [
  'access_token_refused',
  'account_refused',
  'client_refused',
  'request_refused',
  'security_refused',
];

/**
 * The accounts of a consent. CAF: the one of the token's answer. AIS: the bank is asked with the access token, until it has
 * returned them; the list belongs to the consent and changes only with a new one (bank page "Flows").
 */
@Injectable()
export class AccountListingService extends AccountListing {
  private readonly logger = new Logger(AccountListingService.name);

  constructor(
    private readonly consents: ConsentRepository,
    private readonly lists: ConsentAccountRepository,
    private readonly bank: BankClient,
    private readonly pairs: PairRefresh,
    private readonly vault: TokenVault,
  ) {
    super();
  }

  /**
   * The known accounts; asks the bank first where it has not returned them yet.
   *
   * @param trace of the request that wants to know
   * @throws BankError, ConsentError
   */
  async known(consent: ConsentEntity, trace?: RequestTrace): Promise<ConsentAccountEntity[]> {
    if (isWaitedFor(consent)) await this.list(consent.id, trace);
    return this.consents.accounts(consent.id);
  }

  override async attempt(consentId: string, trace?: RequestTrace): Promise<void> {
    try {
      await this.list(consentId, trace);
    } catch (error) {
      const names = { ...trace?.facts, ...callNamesOf(error), consentId };
      this.logger.warn({ msg: 'accounts not listed', ...names, error: describeError(error) });
    }
  }

  /**
   * Asks the bank for the accounts of a consent that lacks them, and stores them. Safe to repeat, and to do twice at once.
   *
   * @param trace of the request that is served so; absent: a job asks
   * @throws BankError, ConsentError
   */
  async list(consentId: string, trace?: RequestTrace): Promise<void> {
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    if (!isWaitedFor(consent)) return;
    const accounts = await this.ask(consent, trace);
    if (await this.lists.store(consentId, accounts, ACTOR))
      this.logger.log({ msg: 'accounts listed', ...trace?.facts, consentId, count: accounts.length });
  }

  /** Asks once more with the next token where the first one has expired, or was replaced on the way to the bank. */
  private async ask(consent: ConsentEntity, trace?: RequestTrace): Promise<readonly BankAccount[]> {
    try {
      return await this.askWithToken(consent, trace);
    } catch (error) {
      const isTokenRefused = error instanceof BankError && error.code === 'access_token_refused';
      const next = isTokenRefused ? await this.withNextPair(consent, trace) : null;
      if (next)
        return await this.askWithToken(next, trace).catch((again: unknown) => this.conclude(next, again));
      return this.conclude(consent, error);
    }
  }

  /** Null when this token is the latest, and must stay so. */
  private async withNextPair(
    { id, tokenPair }: ConsentEntity,
    trace: RequestTrace | undefined,
  ): Promise<ConsentEntity | null> {
    const generation = tokenPair?.generation ?? 0;
    const now = await this.consents.find(id);
    if ((now?.tokenPair?.generation ?? 0) > generation) return now;
    if (!(await this.lists.claimRefresh(id))) return null;
    await this.pairs.refresh(id, generation, { waitMs: WAIT_MS, trace });
    return this.consents.find(id);
  }

  /** Writes down what the bank's refusal means for the consent, and passes it on. */
  private async conclude({ id: consentId, tokenPair }: ConsentEntity, error: unknown): Promise<never> {
    if (!(error instanceof BankError)) throw error;
    const facts = factsOf(error);
    if (error.code === 'consent_withdrawn') {
      const generation = tokenPair?.generation ?? 0;
      if (await this.lists.endWithdrawn(consentId, generation, facts)) {
        const end = { state: 'revoked', reason: 'withdrawn_at_bank' } as const;
        throw new ConsentError('consent_not_live', { consentId, ...end }, { cause: error });
      }
    } else if (LASTING.includes(error.code)) await this.lists.noteRefusal(consentId, ACTOR, facts);
    throw error;
  }

  private async askWithToken(
    { id: consentId, brand, state, ...consent }: ConsentEntity,
    trace: RequestTrace | undefined,
  ): Promise<BankAccount[]> {
    const { tokenPair, stateReason: reason } = consent;
    if (!tokenPair?.accessToken) throw new ConsentError('consent_not_live', { consentId, state, reason });
    const { generation } = tokenPair;
    const { accessToken: sealed } = tokenPair;
    const binding = { consentId, purpose: 'access_token', generation } as const;
    const accessToken = await this.vault.opening(() => this.vault.open(sealed, binding));
    const requestId = newRequestId();
    trace?.called(requestId);
    const accounts = await this.bank.listAccounts({ brand, accessToken, requestId, span: trace?.span });
    const names = { ...(trace && { requestId: trace.requestId }), bankRequestId: requestId, consentId };
    this.logger.log({ msg: 'accounts answered', ...names, accounts: accounts.length });
    return accounts;
  }
}

/** What the timeline records of a refusal. */
const factsOf = ({ code, context }: BankError): EventData => ({
  call: 'accounts',
  outcome: code,
  ...(context.requestId !== undefined && { request_id: context.requestId }),
  ...(context.httpStatus !== undefined && { http_status: context.httpStatus }),
  ...(context.error !== undefined && { bank_error: context.error }),
  ...(context.errorCode !== undefined && { bank_error_code: context.errorCode }),
});

/** The Request-ID of the call that has failed, for the log. */
const callNamesOf = (error: unknown): { readonly bankRequestId?: string } =>
  error instanceof BankError && error.context.requestId !== undefined
    ? { bankRequestId: error.context.requestId }
    : {};

const isWaitedFor = ({ accountsDueAt, state }: ConsentEntity): boolean =>
  accountsDueAt !== null && isLive(state);
