import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { isDate } from '../../model/clock/calendar.js';
import type { Communication, PaymentInstruction, PaymentProduct } from '../../model/payments/payment.js';
import { isElectronicIban, type JsonBody } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';

/** A payment as a TPP asks for it. */
export interface RequestedPayment {
  readonly instruction: PaymentInstruction;
  /** Null: the PSU chooses it. */
  readonly debtorIban: string | null;
}

/** Reads the body of one version. Its inputs are well formed then; the rules are checked later. */
export type ReadOrder = (body: JsonBody, product: PaymentProduct) => RequestedPayment;

/** ISO 20022 Max70Text, Max140Text, Max35Text. */
export const NAME = /^.{1,70}$/u;
export const TEXT = /^.{1,140}$/u;
export const REFERENCE = /^.{1,35}$/u;
/** At most 14 significant digits, as bank page "reference" has it for funds. A sign is read, and refused by a rule. */
const AMOUNT = /^-?\d{1,12}(?:\.\d{1,2})?$/;
/** The form only; a rule checks whether the currency exists. */
const CURRENCY = /^[A-Za-z]{3}$/;

const invalid = (input: string): Refusal => new Refusal(BANK_ERROR.invalidInput, { input });

/** Lower case is tolerated (assumed). */
export function readIban(body: JsonBody, path: string): string {
  const iban = body.text(path).toUpperCase();
  if (!isElectronicIban(iban)) throw invalid(path);
  return iban;
}

/** Decimal with two places, as the bank stores it. */
export function readAmount(body: JsonBody, path: string): string {
  const [whole = '', cents = ''] = body.decimal(path, AMOUNT).split('.');
  return `${whole.replace(/^(-?)0+(?=\d)/, '$1')}.${cents.padEnd(2, '0')}`;
}

export const readCurrency = (body: JsonBody, path: string): string => body.text(path, CURRENCY).toUpperCase();

export function readDate(body: JsonBody, path: string): string | undefined {
  const date = body.optionalText(path);
  if (date !== undefined && !isDate(date)) throw invalid(path);
  return date;
}

/** Twelve digits, of which the last two are check digits; or a reference of ISO 11649. */
const STRUCTURED = /^(?:\+\+\+(\d{3})\/(\d{4})\/(\d{5})\+\+\+|(\d{12})|(RF\d{2}[A-Z0-9]{1,21}))$/;

export function readStructured(body: JsonBody, path: string): Communication {
  const [, first = '', second = '', third = '', digits, reference] = STRUCTURED.exec(body.text(path)) ?? [];
  const text = digits ?? reference ?? first + second + third;
  const isBelgian = /^\d{12}$/.test(text);
  if (!reference && !(isBelgian && Number(text.slice(0, 10)) % 97 === Number(text.slice(10)) % 97))
    throw invalid(path);
  return { kind: 'structured', text };
}
