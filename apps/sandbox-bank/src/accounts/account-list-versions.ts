import type { EndpointVersion } from '../books/contract.js';
import type { AccessGrant } from '../books/token-book.js';
import type { EndpointVersions } from '../machine-api/endpoint.js';

export interface AccountBody {
  readonly iban: string;
  readonly logical_id: string;
}

export interface AccountListVersion extends EndpointVersion {
  toBody(access: AccessGrant): AccountBody[];
}

/** The versions of GET /accounts that live. Assumed, the bank's pages name the content only: an array. */
export const ACCOUNT_LIST_VERSIONS: EndpointVersions<AccountListVersion> = {
  '3': {
    today: ['AIS'],
    errors: 'current',
    toBody: ({ accounts }: AccessGrant): AccountBody[] =>
      accounts.map(({ iban, logicalId }) => ({ iban, logical_id: logicalId })),
  },
};
