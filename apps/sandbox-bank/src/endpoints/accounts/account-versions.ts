import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import type { BankAccount, Compartment } from '../../model/accounts/account.repository.js';
import type { AccessGrant } from '../../model/consents/token-pair.js';
import type { Assumptions } from '../../model/settings/assumptions.js';

export interface ListedAccount {
  readonly iban: string;
  readonly logical_id: string;
}

export type AccountListBody = readonly ListedAccount[] | { readonly accounts: readonly ListedAccount[] };

export interface AccountListVersion extends EndpointVersion {
  toBody(access: AccessGrant, assumptions: Assumptions): AccountListBody;
}

/**
 * The versions of GET /accounts: the call came with the version in which the PSU chooses the accounts. The bank's pages
 * name its content only.
 */
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

/** Relative, as recorded. */
export const accountHref = (logicalId: string): string => `/accounts/${logicalId}`;

export const transactionsHref = (logicalId: string, next?: string): string =>
  `${accountHref(logicalId)}/transactions${next === undefined ? '' : `?next=${next}`}`;

/** The data of an account's answer. */
export interface AccountView {
  readonly account: BankAccount;
  readonly logicalId: string;
  readonly psuName: string;
}

interface Link {
  readonly href: string;
  readonly templated?: boolean;
}

interface CompartmentBody {
  readonly currency: string;
  readonly balance: number | string;
}

interface CommonBody extends CompartmentBody {
  readonly iban: string;
  readonly multicurrency: boolean | string;
  readonly other_compartments: readonly CompartmentBody[];
  readonly _links: { readonly self: Link; readonly transactions: Link };
}

/** The answer of GET /accounts/{logical-id} in each version (bank page "reference": accounts; recorded by clients). */
export type AccountBody =
  | (CommonBody & { readonly type: string; readonly accountName: string })
  | (CommonBody & { readonly product: string; readonly account_name: string })
  | (CommonBody & {
      readonly product_type: string;
      readonly product_name: string;
      readonly account_name: string;
      readonly psu_name: string;
    });

export interface AccountVersion extends EndpointVersion {
  toBody(view: AccountView, assumptions: Assumptions): AccountBody;
}

const compartment = ({ currency, cents }: Compartment): CompartmentBody => ({
  currency,
  balance: cents / 100,
});

/** Numbers and a boolean, as recorded. */
const common = ({ account, logicalId }: AccountView): CommonBody => ({
  iban: account.iban,
  ...compartment(account.main),
  multicurrency: account.others.length > 0,
  other_compartments: account.others.map(compartment),
  _links: {
    self: { href: accountHref(logicalId) },
    transactions: { href: transactionsHref(logicalId) },
  },
});

const asText = ({ currency, balance }: CompartmentBody): CompartmentBody => ({
  currency,
  balance: Number(balance).toFixed(2),
});

/** Texts, as the bank's page documents them for version 3; of that, nothing was recorded. */
const inTexts = (body: CommonBody): CommonBody => ({
  ...body,
  ...asText(body),
  multicurrency: body.multicurrency ? 'True' : 'False',
  other_compartments: body.other_compartments.map(asText),
});

const templated = ({ self, transactions }: CommonBody['_links']): CommonBody['_links'] => ({
  self: { ...self, templated: false },
  transactions: { ...transactions, templated: false },
});

/** The versions of GET /accounts/{logical-id}. */
export const ACCOUNT_VERSIONS: EndpointVersions<AccountVersion> = {
  '1': {
    today: [],
    before: ['AIS'],
    errors: 'numeric',
    toBody: (view) => ({
      type: 'current-account',
      ...common(view),
      accountName: view.account.holder,
    }),
  },
  '2': {
    today: [],
    before: ['AIS'],
    errors: 'unprefixed',
    // Assumed: the value that version 1 gave to the field that was renamed.
    toBody: (view) => ({
      product: 'current-account',
      ...common(view),
      account_name: view.account.holder,
    }),
  },
  '3': {
    today: ['AIS'],
    errors: 'current',
    toBody: (view, assumptions) => {
      const body = assumptions.account_v3_values === 'texts' ? inTexts(common(view)) : common(view);
      return {
        product_type: 'payment-account',
        product_name: view.account.label,
        ...body,
        account_name: view.account.holder,
        psu_name: view.psuName,
        _links: templated(body._links),
      };
    },
  },
};
