import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { checkLanguage } from '../../machine-api/accept-language.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { AccountRepository, type BankAccount } from '../../model/accounts/account.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';
import {
  FUNDS_CONFIRMATION_VERSIONS,
  readFundsRequest,
  type FundsConfirmationBody,
  type FundsRequest,
} from './funds-confirmation-versions.js';

/** What one euro buys; invented and constant. The bank exchanges no other currencies. */
const PER_EURO: ReadonlyMap<string, number> = new Map([
  ['EUR', 1],
  ['USD', 1.1],
  ['GBP', 0.85],
  ['CHF', 0.95],
]);

@Injectable()
export class FundsConfirmationService {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly accounts: AccountRepository,
    private readonly settings: BankSettings,
  ) {}

  /** Whether the amount is available at this moment on the account that the PSU consented to. */
  async confirm(call: MachineCall): Promise<FundsConfirmationBody> {
    const version = call.versionOf(FUNDS_CONFIRMATION_VERSIONS);
    checkLanguage(call.request, version, this.settings);
    const wanted = readFundsRequest(call.request);
    const access = await accessOf(call, this.tokens);
    const account = await this.accounts.find(call.tpp.brand, wanted.iban);
    return version.toBody(covers(consented(account, access), wanted));
  }
}

/** The three refusals for a wrong account (bank page "error codes": funds). */
function consented(account: BankAccount | null, { accounts }: AccessGrant): BankAccount {
  if (!account) throw new Refusal(BANK_ERROR.invalidAccount, { scope: 'CAF' });
  if (!accounts.some(({ iban }) => iban === account.iban))
    throw new Refusal(BANK_ERROR.accessDenied, { scope: 'CAF' });
  if (account.isBlocked) throw new Refusal(BANK_ERROR.channelNotPermitted, { scope: 'CAF' });
  return account;
}

/**
 * Assumed: an amount in a currency with a compartment is paid from that compartment, any other is exchanged from the main
 * one.
 */
function covers({ main, others }: BankAccount, { currency, amount }: FundsRequest): boolean {
  const payer = [main, ...others].find((each) => each.currency === currency) ?? main;
  const held = payer.cents / 100;
  const available = payer.currency === currency ? held : exchanged(held, payer.currency, currency);
  return available !== null && available >= amount;
}

/** Null where the bank does not exchange one for the other. */
function exchanged(amount: number, from: string, to: string): number | null {
  const [rateFrom, rateTo] = [PER_EURO.get(from), PER_EURO.get(to)];
  return rateFrom === undefined || rateTo === undefined ? null : (amount / rateFrom) * rateTo;
}
