import type { ProblemKind } from '@consent-hub/platform';
import { listBrands } from '@consent-hub/psd2-protocol';

export const IBAN_REQUIRED: ProblemKind = {
  status: 422,
  code: 'iban_required',
  detail: 'The field iban is required for scope CAF: the account whose funds are asked for.',
};

export const IBAN_NOT_OF_BANK: ProblemKind = {
  status: 422,
  code: 'iban_not_of_bank',
  detail: `The field iban must be of an account at ${listBrands('disjunction')}.`,
};

export const IBAN_NOT_ALLOWED: ProblemKind = {
  status: 422,
  code: 'iban_not_allowed',
  detail: 'The field iban is for scope CAF only.',
};

export const PAYMENT_NOT_BOUND: ProblemKind = {
  status: 422,
  code: 'payment_not_bound',
  detail:
    'This hub takes a return only in the browser that began at its start page, and it does not know the link of a payment. ' +
    'Initiate with a callback of your own, and bring its code to POST /v1/pis-tokens.',
};

export const IDEMPOTENCY_KEY_REUSED: ProblemKind = {
  status: 422,
  code: 'idempotency_key_reused',
  detail: 'This Idempotency-Key was given for another request. Give every request a key of its own.',
};

export const IDEMPOTENCY_KEY_IN_USE: ProblemKind = {
  status: 409,
  code: 'idempotency_key_in_use',
  detail: 'A request with this Idempotency-Key is under way. Ask again for its answer.',
};
