import { Problems } from '@consent-hub/platform';
import { BANK_ERROR_CODES } from './bank-error.js';

/**
 * For the description of the API: a route that passes on how its call of the bank failed. It lists every failure, since the
 * error code of the bank alone decides which one applies, on each endpoint.
 */
export const BankProblems = (): MethodDecorator =>
  Problems(...BANK_ERROR_CODES.map((code) => ({ library: 'bank', code }) as const));
