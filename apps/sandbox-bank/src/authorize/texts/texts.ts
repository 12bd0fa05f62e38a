import type { Scope } from '@consent-hub/psd2-protocol';
import type { Purpose } from '../../model/consents/authorization.js';
import type { PaymentProduct } from '../../model/payments/payment.js';
import type { CustomerCase } from '../../model/accounts/customer-case.js';
import type { DeadEnd, FormFault } from '../page.js';

/** The texts around a list of accounts. */
export interface AccountTexts {
  /** At the balance, where the TPP does not see it. */
  readonly onlyYou?: string;
  readonly choose: string;
  readonly chooseHint: string;
  readonly given: string;
  readonly ineligible: string;
  readonly noneTitle: string;
  readonly none: (customer: string) => string;
  readonly notHeldTitle: string;
  readonly notHeld: (iban: string, customer: string) => string;
}

/** No consent is asked for payments in general. */
type ConsentScope = Exclude<Scope, 'PIS'>;

/** All texts of the PSU's pages. All languages have one type, so that a missing text does not compile. */
export interface Texts {
  readonly languageName: string;
  readonly languageSwitch: string;
  readonly skipToContent: string;
  readonly banner: string;
  readonly footer: string;
  readonly progress: string;
  readonly steps: readonly [logIn: string, code: string];
  readonly lastStep: Readonly<Record<Purpose, string>>;
  readonly errorPrefix: string;
  readonly errorHeading: string;
  readonly faults: Readonly<Record<FormFault, string>>;
  readonly logIn: {
    readonly title: string;
    readonly intro: Readonly<Record<Purpose, (tppName: string) => string>>;
    readonly legend: string;
    /** What a test customer is good for; in how many currencies. */
    readonly cases: Readonly<Record<CustomerCase, (currencies: number) => string>>;
    readonly holdsAccount: (iban: string) => string;
    readonly submit: string;
  };
  readonly code: {
    readonly title: string;
    readonly intro: (customer: string) => string;
    readonly shown: string;
    readonly field: string;
    readonly hint: string;
    readonly submit: string;
  };
  readonly consent: {
    readonly title: Readonly<Record<ConsentScope, string>>;
    readonly who: string;
    readonly purposeLabel: string;
    readonly purpose: Readonly<Record<ConsentScope, string>>;
    /** Where the TPP named the account. */
    readonly purposeOfOne: Readonly<Record<ConsentScope, string>>;
    readonly durationLabel: string;
    readonly duration: (until: string, days: number) => string;
    readonly customerLabel: string;
    readonly onlyYou: string;
    readonly accounts: AccountTexts;
    readonly approve: string;
    readonly refuse: string;
  };
  readonly payment: {
    readonly title: string;
    readonly labels: Readonly<
      Record<
        | 'amount'
        | 'creditor'
        | 'creditorAccount'
        | 'bic'
        | 'nationalBankId'
        | 'address'
        | 'communication'
        | 'charges'
        | 'reference'
        | 'date'
        | 'product'
        | 'requester'
        | 'customer',
        string
      >
    >;
    readonly products: Readonly<Record<PaymentProduct, string>>;
    /** By the code of ISO 20022. */
    readonly charges: Readonly<Record<string, string>>;
    readonly atOnce: string;
    readonly accounts: AccountTexts;
    readonly sign: string;
    readonly refuse: string;
  };
  readonly sca: {
    readonly title: string;
    readonly who: string;
    readonly purposeLabel: string;
    readonly purpose: string;
    readonly accounts: string;
    readonly untilLabel: string;
    readonly until: (date: string) => string;
    readonly customer: string;
    readonly overTitle: string;
    readonly over: (tppName: string) => string;
    readonly confirm: string;
    readonly refuse: string;
  };
  readonly otherCustomer: string;
  readonly cancel: (tppName: string) => string;
  readonly developers: {
    readonly title: string;
    readonly text: (error: string) => string;
    readonly fail: string;
  };
  readonly deadEnds: Readonly<Record<DeadEnd, { readonly title: string; readonly text: string }>>;
  readonly wayOut: string;
  readonly tryAgain: string;
  readonly startPage: string;
}
