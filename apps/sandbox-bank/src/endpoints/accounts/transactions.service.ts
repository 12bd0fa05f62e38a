import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { BankAccount, Compartment } from '../../model/accounts/account.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { daysBefore } from '../../model/clock/calendar.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import {
  historyBegins,
  transactionsBackwards,
  type Period,
  type Transaction,
} from '../../model/transactions/transactions.js';
import { checkLanguage } from '../../machine-api/accept-language.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { AccountAccessService, type OpenedAccount } from './account-access.service.js';
import { ScaRequirementService } from './sca-requirement.service.js';
import {
  readTransactionQuery,
  TransactionPagesService,
  type PageStart,
  type TransactionQuery,
} from './transaction-pages.service.js';
import { TRANSACTION_VERSIONS, type TransactionsBody } from './transaction-versions.js';

/** An SCA is valid for so many days, and a history of so many days needs no fresh one (bank page "flows": accounts). */
const SCA_DAYS = 90;

@Injectable()
export class TransactionsService {
  constructor(
    private readonly accounts: AccountAccessService,
    private readonly tokens: TokenRepository,
    private readonly sca: ScaRequirementService,
    private readonly pages: TransactionPagesService,
    private readonly settings: BankSettings,
  ) {}

  /** One page of an account's transactions, newest first (assumed: the bank's page names no order). */
  async list(call: MachineCall, logicalId: string): Promise<TransactionsBody> {
    const version = call.versionOf(TRANSACTION_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    const query = readTransactionQuery(call.request);
    const opened = await this.accounts.open(call, logicalId);
    const { access, account } = opened;
    const list = `${call.tpp.id} ${access.psuId} ${account.iban}`;
    const start = await this.pages.start(list, query);
    const compartment = compartmentOf(account, start.currency);
    const hasSca = await this.hasFreshSca(call, opened, query);
    if (!hasSca && needsSca(opened, start)) throw await this.sca.refusal(call, access.psuId, version.errors);
    // The further pages belong to the same read.
    if (!query.isAttended && start.after === null)
      await this.accounts.countUnattended(call, account.iban, 'transactions');
    const { transactions, last } = pageOf(compartment, periodOf(start, account.today, hasSca), start);
    const next = last && (await this.pages.keyAfter(list, start, last));
    return version.toBody({ logicalId, transactions, next });
  }

  /** An invalid SCA token is refused even where none is needed. */
  private async hasFreshSca(
    call: MachineCall,
    { access }: OpenedAccount,
    { scaToken }: TransactionQuery,
  ): Promise<boolean> {
    if (scaToken === null) return false;
    if (!(await this.tokens.acceptsScaToken(call.tpp.id, access.psuId, scaToken)))
      throw new Refusal(BANK_ERROR.invalidJwt);
    return true;
  }
}

/** Assumed: the main compartment where the call names none. */
function compartmentOf({ main, others }: BankAccount, currency: string | null): Compartment {
  const found = currency === null ? main : [main, ...others].find((each) => each.currency === currency);
  if (!found) throw new Refusal(BANK_ERROR.invalidInput, { input: 'currency' });
  return found;
}

/** The last SCA is too old for any history, or the requested history is too old for the last SCA. */
function needsSca({ access, account }: OpenedAccount, { from, to, after }: PageStart): boolean {
  const recent = daysBefore(account.today, SCA_DAYS);
  const oldest = [from, to, after?.date].some((date) => typeof date === 'string' && date < recent);
  return access.authenticatedDaysAgo >= SCA_DAYS || oldest;
}

function periodOf({ from, to }: PageStart, today: string, hasSca: boolean): Period {
  const begin = historyBegins(today);
  const wanted = from ?? (hasSca ? begin : daysBefore(today, SCA_DAYS));
  return { from: wanted < begin ? begin : wanted, to: to !== null && to < today ? to : today };
}

/** A page, and its last transaction where more follow. */
function pageOf(
  compartment: Compartment,
  period: Period,
  { after, pageSize }: PageStart,
): { transactions: Transaction[]; last?: Transaction | undefined } {
  const transactions: Transaction[] = [];
  for (const transaction of transactionsBackwards(compartment, period, after ?? undefined)) {
    if (transactions.length === pageSize) return { transactions, last: transactions.at(-1) };
    transactions.push(transaction);
  }
  return { transactions };
}
