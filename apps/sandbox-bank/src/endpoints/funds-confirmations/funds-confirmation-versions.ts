import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { isISO4217CurrencyCode } from 'class-validator';
import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import { isElectronicIban, type MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';

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

export interface FundsRequest {
  readonly iban: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Above zero; with so few digits that a number is exact enough to compare. */
  readonly amount: number;
}

const AMOUNT = /^\d+(?:\.\d+)?$/;
const LONGEST_AMOUNT = 14;

/** The body of POST /funds-confirmations (bank page "reference": funds). */
export function readFundsRequest(request: MachineRequest): FundsRequest {
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
