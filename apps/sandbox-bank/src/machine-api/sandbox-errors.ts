import { BANK_ERROR, type BankErrorRow, type BankErrorWords } from '@consent-hub/psd2-protocol';

const INTERNAL = { status: 500, code: 'SANDBOX-500', description: 'An internal error occurred.' };

/** A documented row under another status, in the words of every age. */
const under = <Row extends BankErrorRow>(
  status: number,
  row: Row & { readonly numeric: BankErrorWords },
) => ({
  ...row,
  status,
  numeric: { ...row.numeric, status },
});

/** Answers that no table of the bank shows. Assumed: only the shape of the body is sure. */
export const SANDBOX_ERROR = {
  unknownVersion: under(406, BANK_ERROR.invalidHeader),
  unacceptableLanguage: under(406, BANK_ERROR.invalidHeader),
  bodyTooLarge: under(413, BANK_ERROR.invalidInput),
  headersTooLarge: under(431, BANK_ERROR.invalidHeader),
  /** The request did not come to its end in time. */
  tooSlow: under(408, BANK_ERROR.invalidInput),
  unsupportedMediaType: under(415, BANK_ERROR.invalidHeader),
  tooManyCalls: {
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    code: 'SANDBOX-429',
    description: 'No more than four calls in 24 hours without the customer.',
  },
  unknownPayment: { status: 404, error: 'NOT_FOUND', code: 'SANDBOX-404', description: 'No such payment.' },
  paymentNotCancellable: {
    status: 409,
    error: 'CONFLICT',
    code: 'SANDBOX-409',
    description: 'The payment can no longer be cancelled.',
  },
  unknownPath: { status: 404, error: 'NOT_FOUND', code: 'SANDBOX-404', description: 'No such path.' },
  /** The name was recorded in the numeric age, in lower case. */
  internal: {
    ...INTERNAL,
    error: 'INTERNAL_SERVER_ERROR',
    numeric: { ...INTERNAL, error: 'internal_server_error' },
  },
  /** The name was recorded. */
  unavailable: {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    code: 'SANDBOX-503',
    description: 'The service is not available.',
  },
} as const satisfies Record<string, BankErrorRow>;
