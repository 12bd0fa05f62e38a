/** The body of an error of the bank: three strings (bank page "error codes"). */
export interface BankErrorBody {
  readonly error: string;
  readonly error_code: string;
  readonly error_description: string;
}

/** The words of an error, as they travel. `INPUT` in a description stands for the name of the faulty input. */
export interface BankErrorWords {
  readonly status: number;
  readonly error: string;
  readonly code: string;
  readonly description: string;
}

/** One documented row of the bank's error tables, with the words of older versions of the API where they are known. */
export interface BankErrorRow extends BankErrorWords {
  /** Numeric codes: consent-uris 1 and 2, token 1 and 1.1, accounts 1, transactions 1 and 1.2. */
  readonly numeric?: BankErrorWords;
  /** The code of the age between the two: consent-uris 3, token 2 and accounts 2, as long as AIS used them. */
  readonly unprefixed?: { readonly code: string };
}

/** How an answer words an error; each version of an endpoint has its own (recorded by clients of the bank). */
export const ERROR_STYLES = ['numeric', 'unprefixed', 'current'] as const;
export type ErrorStyle = (typeof ERROR_STYLES)[number];

/** The error body of a row in a style; a row that an older age is not known to have is worded as today. */
export function bankErrorWords(row: BankErrorRow, style: ErrorStyle): BankErrorWords {
  switch (style) {
    case 'numeric':
      return row.numeric ?? row;
    case 'unprefixed':
      return { ...row, ...row.unprefixed };
    case 'current':
      return row;
  }
}

const MISSING_NUMERIC: BankErrorWords = {
  status: 400,
  error: 'missing_input',
  code: '10001',
  description: "Missing required input 'INPUT'.",
};
const INVALID_NUMERIC: BankErrorWords = {
  status: 400,
  error: 'invalid_input',
  code: '10002',
  description: "Input 'INPUT' is not valid.",
};

/** Rows of the bank's "error codes" pages, of the Consent API and of the related APIs. */
export const BANK_ERROR = {
  missingHeader: {
    status: 400,
    error: 'MISSING_INPUT',
    code: 'GEN-1201-100001',
    description: "Missing required header input 'INPUT'",
    numeric: MISSING_NUMERIC,
  },
  missingInput: {
    status: 400,
    error: 'MISSING_INPUT',
    code: 'GEN-1201-100002',
    description: "Missing required body/path/query input 'INPUT'",
    numeric: MISSING_NUMERIC,
  },
  invalidHeader: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'GEN-1202-100001',
    description: 'Invalid request header input.',
    numeric: INVALID_NUMERIC,
  },
  invalidInput: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'GEN-1202-100002',
    description: 'Invalid request body/path/query input.',
    numeric: INVALID_NUMERIC,
  },
  invalidAccessToken: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100003',
    description: 'Invalid access token',
    numeric: {
      status: 401,
      error: 'invalid_access_token',
      code: '10006',
      description: 'access_token is not valid.',
    },
  },
  invalidRefreshToken: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100004',
    description: 'invalid refresh token',
    numeric: {
      status: 401,
      error: 'invalid_grant',
      code: '10006',
      description: 'refresh token is not valid.',
    },
  },
  securityParameters: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100008',
    description: 'Validation failed for security related parameters',
  },
  invalidClient: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100009',
    description: 'Invalid Api-Key/Client-ID',
  },
  invalidJwt: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100010',
    description: 'Invalid JWT',
  },
  scaRequired: {
    status: 401,
    error: 'SCA_REQUIRED',
    code: 'B14800ZZ-0PLC-REDRCT',
    description: 'SCA is required. Please follow the corresponding URL in the response body.',
    numeric: { status: 400, error: 'SCA_required', code: '20007', description: 'SCA is required.' },
  },
  noActiveTpp: {
    status: 403,
    error: 'INVALID_TPP',
    code: 'B14663ZZ-2100-000000',
    description: 'No Active TPP found.',
  },
  invalidAccount: {
    status: 403,
    error: 'INVALID_ACCOUNT',
    code: 'B14800ZZ-3002-000000',
    description: 'No Account found.',
  },
  accessDenied: {
    status: 403,
    error: 'ACCESS_DENIED',
    code: 'B14800ZZ-3004-000000',
    description: 'Access is not ok for this account. Please contact customer support.',
  },
  channelNotPermitted: {
    status: 403,
    error: 'CHANNEL_NOT_PERMITTED',
    code: 'B14800ZZ-3007-000000',
    description: 'This account can not be consultated via electronical channel.',
    numeric: {
      status: 403,
      error: 'channel_not_permitted',
      code: '20003',
      description: "This account can't be consulted via electronic channel",
    },
    unprefixed: { code: 'B14800-3007-000000' },
  },
  /** Recorded without ZZ, and not in the reachable part of the current table. */
  accountNotSupported: {
    status: 403,
    error: 'ACCOUNT_NOT_SUPPORTED',
    code: 'B14800-3008-000000',
    description: 'This account is not allowed for this type of request.',
    // The code is known, its words are not.
    numeric: {
      status: 403,
      error: 'account_not_supported',
      code: '20004',
      description: 'This account is not allowed for this type of request.',
    },
  },
  noActiveConsent: {
    status: 403,
    error: 'NO_ACTIVE_CONSENT',
    code: 'B14800ZZ-3013-000000',
    description:
      'User has deactivated its consent in the channel. Tpp has to start over with /consent-uris flow',
    numeric: {
      status: 403,
      error: 'no_active_consent',
      code: '20005',
      description:
        'User/System has deactivated the consent. Tpp has to start over with the api /consent-uris',
    },
    unprefixed: { code: 'B14800-3013-000000' },
  },
  paymentFieldMissing: {
    status: 400,
    error: 'MISSING_INPUT',
    code: 'B14821ZZ-1200-000000',
    description: 'Missing mandatory input fields',
  },
  countryNotAllowed: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-1227-000000',
    description: "Beneficiary's country is not allowed",
  },
  amountNotPositive: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-1231-000000',
    description: 'The amount must be higher than 0',
  },
  currencyNotAllowed: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-1232-000000',
    description: "The transaction's currency is invalid or not authorised",
  },
  bbanWithBic: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-1236-000000',
    description: 'BBAN-structure in combination of a BIC code is not authorised',
  },
  beginDateNotAhead: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-1259-000000',
    description: 'The begin date must be in the future',
  },
  invalidBic: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'B14821ZZ-2102-000000',
    description: "Beneficiary's BIC is invalid or is missing",
  },
  invalidPayment: {
    status: 403,
    error: 'INVALID_PAYMENT',
    code: 'B14821ZZ-2121-000000',
    description: 'Non SEPA payment is not allowed for this account',
  },
  paymentForbidden: {
    status: 403,
    error: 'FORBIDDEN',
    code: 'B14821ZZ-2101-000000',
    description: 'Customer profile does not permit this action',
  },
} as const satisfies Record<string, BankErrorRow>;
