import { BANK_ERROR, type BankErrorRow } from '@consent-hub/psd2-protocol';

/** Answers that the table of the bank's "error codes" page does not show. */
export const SANDBOX_ERROR = {
  /** Described for account calls; assumed for consent URIs of a named account. */
  accountBlocked: {
    status: 403,
    error: 'CHANNEL_NOT_PERMITTED',
    code: 'B14800ZZ-3007-000000',
    description: 'This account can not be consultated via electronical channel.',
  },
  /** In the spelling that was recorded from the bank, without ZZ. */
  accountNotSupported: {
    status: 403,
    error: 'ACCOUNT_NOT_SUPPORTED',
    code: 'B14800-3008-000000',
    description: 'This account is not allowed for this type of request.',
  },
  /** Assumed, as all that follow: the bank's page is silent, and only the shape of the body is sure. */
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
