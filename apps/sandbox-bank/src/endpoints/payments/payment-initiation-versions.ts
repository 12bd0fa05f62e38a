import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import type { JsonBody } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import {
  PAYMENT_PRODUCTS,
  type Communication,
  type Creditor,
  type PaymentProduct,
} from '../../model/payments/payment.js';
import {
  NAME,
  readAmount,
  readCurrency,
  readDate,
  readIban,
  readStructured,
  REFERENCE,
  TEXT,
  type ReadOrder,
} from './payment-order.js';

/** The length of a known client's identifiers: longer than in ISO 20022. */
const PAYMENT_ID = /^.{1,64}$/u;
const STRUCTURED = /^STRUCTURED$/i;

function readTypedCommunication(body: JsonBody): Communication | undefined {
  const text = body.optionalText('communication', TEXT);
  if (text === undefined) return undefined;
  // Assumed: only the type of a free text was recorded.
  return STRUCTURED.test(body.optionalText('communication_type') ?? '')
    ? readStructured(body, 'communication')
    : { kind: 'free', text };
}

/** The body of version 1, recorded from two clients; the account to pay from is always named. */
const readOrderOfVersion1: ReadOrder = (body) => {
  const bic = body.optionalText('remote_account.bic');
  const communication = readTypedCommunication(body);
  const endToEndId = body.optionalText('payment_id', PAYMENT_ID);
  const executionDate = readDate(body, 'execution_date');
  return {
    debtorIban: readIban(body, 'origin_account.iban'),
    instruction: {
      amount: readAmount(body, 'amount'),
      currency: readCurrency(body, 'currency'),
      creditor: {
        name: body.text('remote_account.name', NAME),
        iban: readIban(body, 'remote_account.iban'),
        ...(bic !== undefined && { bic }),
      },
      ...(communication && { communication }),
      ...(endToEndId !== undefined && { endToEndId }),
      ...(executionDate !== undefined && { executionDate }),
    },
  };
};

/** ISO 20022 ChargeBearerType1Code. */
const CHARGE_BEARER = /^(?:DEBT|CRED|SHAR|SLEV)$/;
const ACCOUNT_PART = /^[A-Za-z0-9 ./-]{1,34}$/;
const COUNTRY = /^[A-Z]{2}$/;
/** Assumed: the bank's page names the object only. */
const ADDRESS_LINES = ['street_name', 'building_number', 'post_code', 'town_name'] as const;
/** Assumed, like all texts from a TPP to the payee. */
export const REMITTANCE = {
  free: 'remittance_information_unstructured',
  structured: 'remittance_information_structured',
} as const;
export const EXECUTION_DATE = 'requested_execution_date';

const isAbroad = (product: PaymentProduct): boolean => product === 'cross-border-credit-transfers';

/** The body of version 3 (bank page "flows": payments). Fields that a product does not use are ignored. */
const readOrderOfVersion3: ReadOrder = (body, product) => {
  const communication = readRemittance(body);
  const executionDate = readExecutionDate(body, product);
  return {
    // Absent or filled in: an empty object is refused (bank page "FAQ": payments).
    debtorIban: body.has('debtor_account') ? readIban(body, 'debtor_account.iban') : null,
    instruction: {
      amount: readAmount(body, 'instructed_amount.amount'),
      currency: readCurrency(body, 'instructed_amount.currency'),
      creditor: readCreditor(body, product),
      endToEndId: readEndToEndId(body),
      ...(communication && { communication }),
      ...(isAbroad(product) && { chargeBearer: body.text('charge_bearer', CHARGE_BEARER) }),
      ...(executionDate !== undefined && { executionDate }),
    },
  };
};

/** The error table has a row for it when it is missing (bank page "error codes": payments). */
function readEndToEndId(body: JsonBody): string {
  const id = body.optionalText('endtoend_identification', REFERENCE);
  if (id === undefined) throw new Refusal(BANK_ERROR.paymentFieldMissing);
  return id;
}

function readCreditor(body: JsonBody, product: PaymentProduct): Creditor {
  const path = (part: string): string => `creditor_account.${part}`;
  const bic = body.optionalText(path('bic'));
  const name = body.text('creditor_name', NAME);
  const common = { name, ...(bic !== undefined && { bic }) };
  if (!isAbroad(product)) return { ...common, iban: readIban(body, path('iban')) };
  const bban = body.optionalText(path('bban'), ACCOUNT_PART);
  const nationalBankId = body.optionalText(path('bankNationalID'), ACCOUNT_PART);
  const address = readAddress(body);
  return {
    ...common,
    ...(bban === undefined ? { iban: readIban(body, path('iban')) } : { bban }),
    ...(nationalBankId !== undefined && { nationalBankId }),
    ...(address && { address }),
  };
}

function readAddress(body: JsonBody): Record<string, string> | undefined {
  const lines: [string, string | undefined][] = [
    ...ADDRESS_LINES.map((line): [string, string | undefined] => [
      line,
      body.optionalText(`creditor_address.${line}`, NAME),
    ]),
    ['country', body.optionalText('creditor_address.country', COUNTRY)],
  ];
  const given = lines.flatMap(([line, value]): [string, string][] =>
    value === undefined ? [] : [[line, value]],
  );
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

function readRemittance(body: JsonBody): Communication | undefined {
  const text = body.optionalText(REMITTANCE.free, TEXT);
  if (!body.has(REMITTANCE.structured)) return text === undefined ? undefined : { kind: 'free', text };
  if (text !== undefined) throw new Refusal(BANK_ERROR.invalidInput, { input: REMITTANCE.structured });
  return readStructured(body, REMITTANCE.structured);
}

/** An instant payment has no execution date. */
function readExecutionDate(body: JsonBody, product: PaymentProduct): string | undefined {
  const date = readDate(body, EXECUTION_DATE);
  if (date !== undefined && product === 'instant-sepa-credit-transfers')
    throw new Refusal(BANK_ERROR.invalidInput, { input: EXECUTION_DATE });
  return date;
}

export interface PaymentInitiationVersion extends EndpointVersion {
  readonly products: readonly PaymentProduct[];
  readonly readOrder: ReadOrder;
  /** How the TPP learns where to send the PSU. */
  readonly answer: 'sca_required' | 'location';
}

/** The versions of POST /payments/{payment-product}; nothing is known of version 2. */
export const PAYMENT_INITIATION_VERSIONS: EndpointVersions<PaymentInitiationVersion> = {
  '1': {
    today: [],
    before: ['PIS'],
    errors: 'numeric',
    products: ['sepa-credit-transfers'],
    readOrder: readOrderOfVersion1,
    answer: 'location',
  },
  '3': {
    today: ['PIS'],
    errors: 'current',
    products: PAYMENT_PRODUCTS,
    readOrder: readOrderOfVersion3,
    answer: 'sca_required',
  },
};
