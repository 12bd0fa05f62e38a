import type { AccessGrant } from '../books/token-book.js';

export interface AccountBody {
  readonly iban: string;
  readonly logical_id: string;
}

/** The versions of GET /accounts that live. Assumed, the bank's pages name the content only: an array. */
export const ACCOUNT_LIST_VERSIONS = {
  '3': {
    toBody: ({ accounts }: AccessGrant): AccountBody[] =>
      accounts.map(({ iban, logicalId }) => ({ iban, logical_id: logicalId })),
  },
};
