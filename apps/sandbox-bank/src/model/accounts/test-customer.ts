import type { Brand, Language } from '@consent-hub/psd2-protocol';
import type { Activity } from '../transactions/account-month.context.js';

export interface TestAccount {
  readonly iban: string;
  readonly label: string;
  /** At the start of every month. */
  readonly balance: string;
  /** Where it is not the customer. */
  readonly holder?: string;
  /** Where it is not EUR. */
  readonly currency?: string;
  readonly isSavings?: true;
  readonly isBlocked?: true;
  /** Where it is not the account that a salary comes to. */
  readonly activity?: Activity;
  /** The further currencies of a multi-currency account, whose first is the euro. */
  readonly compartments?: readonly { readonly currency: string; readonly balance: string }[];
  /** A company's, and this customer, who does not represent it, was not enrolled for sharing it. */
  readonly isNotEnrolled?: true;
}

export interface TestCustomer {
  readonly id: string;
  readonly brand: Brand;
  readonly name: string;
  readonly language: Language;
  readonly accounts: readonly TestAccount[];
}
