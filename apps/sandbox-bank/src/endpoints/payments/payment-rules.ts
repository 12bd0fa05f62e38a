import { BANK_ERROR, type BankErrorRow, type Brand } from '@consent-hub/psd2-protocol';
import { isISO4217CurrencyCode } from 'class-validator';
import { BRAND_PROFILES } from '../../model/brands.js';
import type { Creditor, PaymentInstruction, PaymentProduct } from '../../model/payments/payment.js';

/** A well-formed payment, and what the rules compare it with. */
export interface PaymentFacts {
  readonly brand: Brand;
  readonly product: PaymentProduct;
  readonly instruction: PaymentInstruction;
  /** ISO 8601. */
  readonly today: string;
}

interface PaymentRule {
  /** What is refused, in a few words. */
  readonly refuses: string;
  readonly row: BankErrorRow;
  /** What the bank's page "error codes" documents, and what is assumed. */
  readonly source: string;
  readonly isBroken: (payment: PaymentFacts) => boolean;
}

/** The countries whose accounts the SEPA schemes reach (EPC409-09), by the beginning of their IBAN. */
const SEPA = new Set(
  'AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA'.split(
    ' ',
  ),
);
const EMBARGOED = new Set(['IR', 'KP', 'SY']);
const LIMIT = 50_000;
/** ISO 9362. */
const BIC = /^[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

const isAbroad = ({ product }: PaymentFacts): boolean => product === 'cross-border-credit-transfers';
const countryOf = (creditor: Creditor): string | undefined =>
  creditor.iban?.slice(0, 2) ?? creditor.address?.['country'];

/** A BIC must be of the country of the IBAN; outside SEPA a payment needs a BIC. */
function hasBadBic({ instruction: { creditor } }: PaymentFacts): boolean {
  const { bic, iban } = creditor;
  const country = iban?.slice(0, 2);
  if (bic === undefined) return country !== undefined && !SEPA.has(country);
  const [, home] = BIC.exec(bic) ?? [];
  return home === undefined || (country !== undefined && home !== country);
}

/** The documented content errors of a payment, in the order of the checks. */
export const PAYMENT_RULES: readonly PaymentRule[] = [
  {
    refuses: 'an amount that is not above zero',
    row: BANK_ERROR.amountNotPositive,
    source: 'documented',
    isBroken: ({ instruction }) => Number(instruction.amount) <= 0,
  },
  {
    refuses: 'a currency that does not exist, and any but the euro within SEPA',
    row: BANK_ERROR.currencyNotAllowed,
    source: 'documented; that SEPA is for euros only is assumed',
    isBroken: (payment) =>
      !isISO4217CurrencyCode(payment.instruction.currency) ||
      (!isAbroad(payment) && payment.instruction.currency !== 'EUR'),
  },
  {
    refuses: 'a BBAN together with a BIC',
    row: BANK_ERROR.bbanWithBic,
    source: 'documented',
    isBroken: ({ instruction: { creditor } }) => creditor.bban !== undefined && creditor.bic !== undefined,
  },
  {
    refuses: 'a country outside SEPA by a SEPA payment, and an embargoed one by any',
    row: BANK_ERROR.countryNotAllowed,
    source: 'documented; which countries is assumed',
    isBroken: (payment) => {
      const country = countryOf(payment.instruction.creditor);
      return country !== undefined && (EMBARGOED.has(country) || !(isAbroad(payment) || SEPA.has(country)));
    },
  },
  {
    refuses:
      'a BIC of another country than the IBAN, one that is none, and none where the IBAN is not of SEPA',
    row: BANK_ERROR.invalidBic,
    source: 'documented; for which countries it is mandatory is assumed',
    isBroken: hasBadBic,
  },
  {
    refuses: 'a day in the past',
    row: BANK_ERROR.beginDateNotAhead,
    source:
      'documented of the begin of a standing order; for the day of a payment assumed, and today is taken',
    isBroken: ({ instruction: { executionDate }, today }) =>
      executionDate !== undefined && executionDate < today,
  },
  {
    refuses: 'a cross-border payment from a brand whose accounts allow none',
    row: BANK_ERROR.invalidPayment,
    source: 'documented; which brands allow none is assumed',
    isBroken: (payment) => isAbroad(payment) && !BRAND_PROFILES[payment.brand].paysAbroad,
  },
  {
    refuses: `more than ${LIMIT} at once`,
    row: BANK_ERROR.paymentForbidden,
    source: 'documented; the limit is assumed, for every currency',
    isBroken: ({ instruction }) => Number(instruction.amount) > LIMIT,
  },
];

/** The first rule that a payment breaks. */
export const brokenRule = (payment: PaymentFacts): PaymentRule | undefined =>
  PAYMENT_RULES.find(({ isBroken }) => isBroken(payment));
