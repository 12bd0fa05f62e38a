import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { AccountRepository, type BankAccount } from '../../model/accounts/account.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import { exchanged } from '../../model/accounts/exchange-rates.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { checkLanguage } from '../../machine-api/accept-language.js';
import { accessOf } from '../../machine-api/access-of.js';
import type { MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { FUNDS_CONFIRMATION_VERSIONS, type FundsConfirmationBody } from './funds-confirmation-versions.js';
import { readFundsRequest, type FundsRequest } from './funds-request.js';

@Injectable()
export class FundsConfirmationService {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly accounts: AccountRepository,
    private readonly settings: BankSettings,
  ) {}

  /** Whether an amount is there, on the account that the PSU consented to, at this moment. */
  async confirm(call: MachineCall): Promise<FundsConfirmationBody> {
    const version = call.versionOf(FUNDS_CONFIRMATION_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    const wanted = readFundsRequest(call.request);
    const access = await accessOf(call, this.tokens);
    const account = await this.accounts.find(call.tpp.brand, wanted.iban);
    return version.toBody(covers(consented(account, access), wanted));
  }
}

/** Three ways in which an account is the wrong one (bank page "error codes": funds). */
function consented(account: BankAccount | null, { accounts }: AccessGrant): BankAccount {
  if (!account) throw new Refusal(BANK_ERROR.invalidAccount, { scope: 'CAF' });
  if (!accounts.some(({ iban }) => iban === account.iban))
    throw new Refusal(BANK_ERROR.accessDenied, { scope: 'CAF' });
  if (account.isBlocked) throw new Refusal(BANK_ERROR.channelNotPermitted, { scope: 'CAF' });
  return account;
}

/** Assumed: a currency with a compartment of its own is paid out of that, any other is exchanged from the main one. */
function covers({ main, others }: BankAccount, { currency, amount }: FundsRequest): boolean {
  const payer = [main, ...others].find((each) => each.currency === currency) ?? main;
  const held = payer.cents / 100;
  const available = payer.currency === currency ? held : exchanged(held, payer.currency, currency);
  return available !== null && available >= amount;
}
