/** The body of an error of the bank: three strings (bank page "error codes"). */
export interface BankErrorBody {
  readonly error: string;
  readonly error_code: string;
  readonly error_description: string;
}

/** One documented row of the bank's error tables. `INPUT` in a description stands for the name of the faulty input. */
export interface BankErrorRow {
  readonly status: number;
  readonly error: string;
  readonly code: string;
  readonly description: string;
}

/** Rows of the bank's "error codes" page that both sides of the contract name. */
export const BANK_ERROR = {
  missingHeader: {
    status: 400,
    error: 'MISSING_INPUT',
    code: 'GEN-1201-100001',
    description: "Missing required header input 'INPUT'",
  },
  missingInput: {
    status: 400,
    error: 'MISSING_INPUT',
    code: 'GEN-1201-100002',
    description: "Missing required body/path/query input 'INPUT'",
  },
  invalidHeader: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'GEN-1202-100001',
    description: 'Invalid request header input.',
  },
  invalidInput: {
    status: 400,
    error: 'INVALID_INPUT',
    code: 'GEN-1202-100002',
    description: 'Invalid request body/path/query input.',
  },
  invalidAccessToken: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100003',
    description: 'Invalid access token',
  },
  invalidRefreshToken: {
    status: 401,
    error: 'FAILED_SECURITY_VALIDATION',
    code: 'GEN-1203-100004',
    description: 'invalid refresh token',
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
  noActiveConsent: {
    status: 403,
    error: 'NO_ACTIVE_CONSENT',
    code: 'B14800ZZ-3013-000000',
    description:
      'User has deactivated its consent in the channel. Tpp has to start over with /consent-uris flow',
  },
} as const satisfies Record<string, BankErrorRow>;
