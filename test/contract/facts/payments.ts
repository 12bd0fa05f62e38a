import type { PaymentDeviation, PaymentProduct } from '../../support/payment-calls.js';
import { INVALID_HEADER, INVALID_INPUT, missingHeader, missingInput, type Refusal } from './refusals.js';

const REFERENCE = 'bank page "reference": payments';
const FLOWS = 'bank page "flows": payments';
const FAQ = 'bank page "FAQ": payments';
const ERRORS = 'bank page "error codes": payments';
const CLIENT = 'recorded client';
const ASSUMED = 'assumed';

const content = (number: number, description: string, error = 'INVALID_INPUT'): Refusal => [
  400,
  error,
  `B14821ZZ-${number}-000000`,
  description,
];
const COUNTRY = content(1227, "Beneficiary's country is not allowed");
const AMOUNT = content(1231, 'The amount must be higher than 0');
const CURRENCY = content(1232, "The transaction's currency is invalid or not authorised");
const BBAN_WITH_BIC = content(1236, 'BBAN-structure in combination of a BIC code is not authorised');
const BEGIN_DATE = content(1259, 'The begin date must be in the future');
const BIC = content(2102, "Beneficiary's BIC is invalid or is missing");
const ABROAD = 'cross-border-credit-transfers';
const INSTANT = 'instant-sepa-credit-transfers';

export interface PaymentRefusalFact {
  readonly fact: string;
  readonly source: string;
  readonly but: PaymentDeviation;
  readonly answer: Refusal;
}

type Row = readonly [fact: string, but: PaymentDeviation, answer: Refusal];
const facts = (source: string, rows: readonly Row[]): PaymentRefusalFact[] =>
  rows.map(([fact, but, answer]) => ({ fact, source, but, answer }));

const amount = (value: unknown, currency = 'EUR'): PaymentDeviation => ({
  order: { instructed_amount: { amount: value, currency } },
});
const creditor = (account: Record<string, unknown>, product?: PaymentProduct): PaymentDeviation => ({
  ...(product && { product }),
  order: { creditor_account: account },
});
/** IBAN of an account outside SEPA, which needs a BIC. */
const PALESTINIAN = 'PS92PALS000000000400123456702';

/** Initiations that are well but for one thing, and what the bank says to each. */
export const PAYMENT_REFUSALS: readonly PaymentRefusalFact[] = [
  ...facts(REFERENCE, [
    ['no Accept-Language', { headers: { 'Accept-Language': null } }, missingHeader('Accept-Language')],
    ['no Client-ID', { headers: { 'Client-ID': null } }, missingHeader('Client-ID')],
    ['no Request-ID', { headers: { 'Request-ID': null } }, missingHeader('Request-ID')],
    ['no Redirect-URI', { headers: { 'Redirect-URI': null } }, missingHeader('Redirect-URI')],
    [
      'neither token nor Code-Challenge-Method',
      { headers: { 'Code-Challenge-Method': null } },
      missingHeader('Code-Challenge-Method'),
    ],
    [
      'neither token nor Code-Challenge',
      { headers: { 'Code-Challenge': null } },
      missingHeader('Code-Challenge'),
    ],
    ['a product that there is not', { product: 'target-2-payments' }, INVALID_INPUT],
  ]),
  ...facts(FLOWS, [
    ['no beneficiary', { order: { creditor_name: null } }, missingInput('creditor_name')],
    [
      'no account of the beneficiary',
      { order: { creditor_account: null } },
      missingInput('creditor_account.iban'),
    ],
    [
      'no amount',
      { order: { instructed_amount: { currency: 'EUR' } } },
      missingInput('instructed_amount.amount'),
    ],
    [
      'no currency',
      { order: { instructed_amount: { amount: '1' } } },
      missingInput('instructed_amount.currency'),
    ],
    [
      'no party that bears the charges abroad',
      { product: ABROAD, order: { charge_bearer: null } },
      missingInput('charge_bearer'),
    ],
  ]),
  ...facts(FAQ, [
    ['an empty account to pay from', { order: { debtor_account: {} } }, missingInput('debtor_account.iban')],
  ]),
  ...facts(ERRORS, [
    [
      'no end-to-end identification',
      { order: { endtoend_identification: null } },
      content(1200, 'Missing mandatory input fields', 'MISSING_INPUT'),
    ],
    ['an amount of nothing', amount('0.00'), AMOUNT],
    ['an amount below zero', amount('-1'), AMOUNT],
    ['a currency that does not exist', amount('1', 'ABC'), CURRENCY],
    ['a BBAN with a BIC', creditor({ bban: '0012345678', bic: 'CHASUS33' }, ABROAD), BBAN_WITH_BIC],
    ['a BIC that does not match the IBAN', creditor({ iban: 'BE49091200881571', bic: 'ABNANL2A' }), BIC],
    ['a BIC that is none', creditor({ iban: 'BE49091200881571', bic: 'GKCC' }), BIC],
    [
      'an access token that was not issued',
      { token: 'invented' },
      [401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100003', 'Invalid access token'],
    ],
    ['an amount with three decimals', amount('1.005'), INVALID_INPUT],
    ['an IBAN whose digits do not check', creditor({ iban: 'BE49091200881572' }), INVALID_INPUT],
  ]),
  ...facts(ASSUMED, [
    ['dollars within SEPA', amount('1', 'USD'), CURRENCY],
    ['an account outside SEPA by a SEPA payment', creditor({ iban: PALESTINIAN, bic: 'PALSPS22' }), COUNTRY],
    ['an embargoed country', { product: ABROAD, order: { creditor_address: { country: 'KP' } } }, COUNTRY],
    ['an IBAN outside SEPA without a BIC', creditor({ iban: PALESTINIAN }, ABROAD), BIC],
    ['a day in the past', { order: { requested_execution_date: '2020-01-31' } }, BEGIN_DATE],
    ['a day that the calendar lacks', { order: { requested_execution_date: '2030-02-30' } }, INVALID_INPUT],
    [
      'a day for an instant payment',
      { product: INSTANT, order: { requested_execution_date: '2099-01-31' } },
      INVALID_INPUT,
    ],
    [
      'more than the limit',
      amount('50000.01'),
      [403, 'FORBIDDEN', 'B14821ZZ-2101-000000', 'Customer profile does not permit this action'],
    ],
    [
      'an account to pay from that the bank does not keep',
      { order: { debtor_account: { iban: 'BE68539007547034' } } },
      [403, 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000', 'No Account found.'],
    ],
    [
      'an account of the other brand',
      { order: { debtor_account: { iban: 'BE72095100023816' } } },
      [403, 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000', 'No Account found.'],
    ],
    [
      'a blocked account to pay from',
      { order: { debtor_account: { iban: 'BE83088301672015' } } },
      [
        403,
        'ACCESS_DENIED',
        'B14800ZZ-3004-000000',
        'Access is not ok for this account. Please contact customer support.',
      ],
    ],
    [
      'a savings account to pay from',
      { order: { debtor_account: { iban: 'BE20055771300256' } } },
      [
        403,
        'ACCOUNT_NOT_SUPPORTED',
        'B14800-3008-000000',
        'This account is not allowed for this type of request.',
      ],
    ],
    [
      'a Redirect-URI that is not registered',
      { headers: { 'Redirect-URI': 'https://elsewhere.example/' } },
      [
        401,
        'FAILED_SECURITY_VALIDATION',
        'GEN-1203-100008',
        'Validation failed for security related parameters',
      ],
    ],
    ['a Code-Challenge that is none', { headers: { 'Code-Challenge': 'test' } }, INVALID_HEADER],
    [
      'a free and a structured message at once',
      { order: { remittance_information_structured: '+++010/8068/17183+++' } },
      INVALID_INPUT,
    ],
    [
      'a structured message whose digits do not check',
      {
        order: {
          remittance_information_unstructured: null,
          remittance_information_structured: '+++010/8068/17184+++',
        },
      },
      INVALID_INPUT,
    ],
    ['a name with a NUL', { order: { creditor_name: 'A\u0000' } }, INVALID_INPUT],
    ['a name that is no text', { order: { creditor_name: ['A'] } }, INVALID_INPUT],
    ['a message with half a character', { order: { creditor_name: '\ud800' } }, INVALID_INPUT],
    ['a body that is a list', { body: '[]' }, INVALID_INPUT],
    ['a body that is broken', { body: '{' }, INVALID_INPUT],
    [
      'a body that is a form',
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=b' },
      [415, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.'],
    ],
    [
      'a version that does not live',
      { version: '1' },
      [406, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.'],
    ],
  ]),
];

export interface PaymentFact {
  readonly fact: string;
  readonly source: string;
  readonly but: PaymentDeviation;
}

/** Initiations that are taken. */
export const PAYMENTS_TAKEN: readonly PaymentFact[] = [
  { fact: 'a European transfer', source: FLOWS, but: {} },
  { fact: 'an instant transfer', source: FLOWS, but: { product: INSTANT } },
  { fact: 'a transfer abroad', source: FLOWS, but: { product: ABROAD } },
  {
    fact: 'an IBAN abroad with its BIC',
    source: FLOWS,
    but: creditor({ iban: PALESTINIAN, bic: 'PALSPS22' }, ABROAD),
  },
  {
    fact: 'an account to pay from',
    source: FAQ,
    but: { order: { debtor_account: { iban: 'BE83063154780915' } } },
  },
  {
    fact: 'the currency of that account',
    source: FLOWS,
    but: { order: { debtor_account: { iban: 'be83063154780915', currency: 'EUR' } } },
  },
  {
    fact: 'a BIC together with an IBAN of SEPA',
    source: FLOWS,
    but: creditor({ iban: 'BE49091200881571', bic: 'GKCCBEBB' }),
  },
  {
    fact: 'a structured message',
    source: ASSUMED,
    but: {
      order: {
        remittance_information_unstructured: null,
        remittance_information_structured: '+++010/8068/17183+++',
      },
    },
  },
  { fact: 'an amount that is a number', source: CLIENT, but: amount(12.5) },
  {
    fact: 'Accept-Language of which the bank has no screens',
    source: CLIENT,
    but: { headers: { 'Accept-Language': 'en' } },
  },
  {
    fact: 'a charset in Content-Type',
    source: REFERENCE,
    but: { headers: { 'Content-Type': 'application/json; charset=utf-8' } },
  },
  { fact: 'a Signature that signs nothing', source: CLIENT, but: { headers: { Signature: 'test' } } },
  {
    fact: 'unknown headers and members',
    source: ASSUMED,
    but: { headers: { 'X-Trace': '1' }, order: { x: 1 } },
  },
];

/** How two clients of the bank wrote their bodies in version 1. */
export const RECORDED_ORDERS = {
  'a client of 2019': {
    amount: 12.5,
    communication: 'Rent',
    communication_type: 'FREETEXT',
    currency: 'EUR',
    execution_date: '2099-01-31',
    origin_account: { iban: 'BE83063154780915' },
    payment_id: '0b8c6a52-54c8-4c5e-8d1b-6b3d3a3a3f5c',
    remote_account: { iban: 'BE49091200881571', name: 'Bakkerij Vermeulen BV' },
  },
  'a client of 2020': {
    origin_account: { iban: 'BE83063154780915' },
    remote_account: { name: 'Bakkerij Vermeulen BV', iban: 'BE49091200881571', bic: null },
    amount: 1.0,
    currency: 'EUR',
    communication: null,
    communication_type: null,
    execution_date: null,
    payment_id: 'E2E-1',
    payment_treatment_type: 'NORMAL',
  },
} as const;
