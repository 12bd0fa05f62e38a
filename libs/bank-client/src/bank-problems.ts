import { Problems } from '@consent-hub/platform';
import { BANK_ERROR_CODES } from './bank-error.js';

/**
 * For the description of the API: a route that passes on how its call of the bank failed. In any way, since the words of the
 * bank alone decide in which, whatever it was asked.
 */
export const BankProblems = (): MethodDecorator =>
  Problems(...BANK_ERROR_CODES.map((code) => ({ library: 'bank', code }) as const));
