import type { Assumptions } from '../../model/settings/assumptions.js';
import type { EndpointVersion } from '../../model/settings/contract.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import type { EndpointVersions } from '../../machine-api/endpoint.js';

export interface ListedAccount {
  readonly iban: string;
  readonly logical_id: string;
}

export type AccountListBody = readonly ListedAccount[] | { readonly accounts: readonly ListedAccount[] };

export interface AccountListVersion extends EndpointVersion {
  toBody(access: AccessGrant, assumptions: Assumptions): AccountListBody;
}

/** The versions of GET /accounts: there was none before the PSU chose the accounts. The bank's pages name the content only. */
export const ACCOUNT_LIST_VERSIONS: EndpointVersions<AccountListVersion> = {
  '3': {
    today: ['AIS'],
    errors: 'current',
    toBody: ({ accounts }, assumptions) => {
      const listed = accounts.map(({ iban, logicalId }) => ({ iban, logical_id: logicalId }));
      return assumptions.account_list === 'array' ? listed : { accounts: listed };
    },
  },
};
