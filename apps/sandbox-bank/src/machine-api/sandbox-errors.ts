import { BANK_ERROR, type BankErrorRow } from '@consent-hub/psd2-protocol';

/** Answers that no table of the bank shows. Assumed: only the shape of the body is sure. */
export const SANDBOX_ERROR = {
  unknownVersion: { ...BANK_ERROR.invalidHeader, status: 406 },
  bodyTooLarge: { ...BANK_ERROR.invalidInput, status: 413 },
  unsupportedMediaType: { ...BANK_ERROR.invalidHeader, status: 415 },
  unknownPath: { status: 404, error: 'NOT_FOUND', code: 'SANDBOX-404', description: 'No such path.' },
  internal: {
    status: 500,
    error: 'INTERNAL_SERVER_ERROR',
    code: 'SANDBOX-500',
    description: 'An internal error occurred.',
  },
} as const satisfies Record<string, BankErrorRow>;
