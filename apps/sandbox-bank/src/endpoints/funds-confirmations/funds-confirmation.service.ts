import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { isISO4217CurrencyCode } from 'class-validator';
import { checkLanguage } from '../../machine-api/accept-language.js';
import { accessOf, type MachineCall } from '../../machine-api/machine-call.context.js';
import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import { isElectronicIban, type MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { AccountRepository, type BankAccount } from '../../model/accounts/account.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import { TokenRepository } from '../../model/consents/token.repository.js';
import { BankSettings } from '../../model/settings/bank.settings.js';

/** The answer of POST /funds-confirmations (bank page "reference": funds). */
export interface FundsConfirmationBody {
  readonly funds_available: boolean;
}

interface FundsConfirmationVersion extends EndpointVersion {
  toBody(isAvailable: boolean): FundsConfirmationBody;
}

/** The one version of POST /funds-confirmations. The GET form before it is not served: its path is not known. */
export const FUNDS_CONFIRMATION_VERSIONS: EndpointVersions<FundsConfirmationVersion> = {
  '1': { today: ['CAF'], errors: 'current', toBody: (funds_available) => ({ funds_available }) },
};

interface FundsRequest {
  readonly iban: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Above zero; with so few digits that a number is exact enough to compare. */
  readonly amount: number;
}

const AMOUNT = /^\d+(?:\.\d+)?$/;
const LONGEST_AMOUNT = 14;

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

/** The body of POST /funds-confirmations (bank page "reference": funds). */
function readFundsRequest(request: MachineRequest): FundsRequest {
  const body = request.json();
  const iban = body.text('account.iban').toUpperCase();
  if (!isElectronicIban(iban)) throw invalid('account.iban');
  const currency = body.text('instructed_amount.currency');
  if (!isISO4217CurrencyCode(currency) || currency !== currency.toUpperCase())
    throw invalid('instructed_amount.currency');
  return { iban, currency, amount: readAmount(body.text('instructed_amount.amount')) };
}

/** At most 14 significant digits, a full stop before the decimals, and (assumed) above zero. */
function readAmount(text: string): number {
  const significant = text.replace('.', '').replace(/^0+/, '');
  const amount = Number(text);
  if (!AMOUNT.test(text) || significant.length > LONGEST_AMOUNT || !(amount > 0))
    throw invalid('instructed_amount.amount');
  return amount;
}

const invalid = (input: string): Refusal => new Refusal(BANK_ERROR.invalidInput, { input });

/** Null where the bank does not exchange one for the other. */
function exchanged(amount: number, from: string, to: string): number | null {
  const [rateFrom, rateTo] = [PER_EURO.get(from), PER_EURO.get(to)];
  return rateFrom === undefined || rateTo === undefined ? null : (amount / rateFrom) * rateTo;
}
