import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import type { CustomerCase } from '../model/accounts/customer-case.js';
import type { PsuAccount } from '../model/accounts/psu.repository.js';
import type { Purpose } from '../model/consents/authorization.js';
import type { PaymentInstruction, PaymentProduct } from '../model/payments/payment.js';
import { perLanguage, type Step } from './paths.js';
import type { UiLanguage } from './ui-language.js';
import type { VisitCookie } from './visit-cookie.js';

/** The pages without a form that end a visit, with their status. */
export const DEAD_END_STATUS = {
  unknown_address: 404,
  unsupported_language: 404,
  incomplete_link: 400,
  malformed_link: 400,
  stateless_link: 400,
  unknown_link: 404,
  other_brand: 404,
  used_link: 410,
  expired_link: 410,
  session_missing: 403,
  foreign_form: 403,
  technical_fault: 500,
} as const;
export type DeadEnd = keyof typeof DEAD_END_STATUS;

/** The faults of a form that the PSU sent; the page is shown again with the fault. */
export type FormFault =
  | 'no_customer'
  | 'empty_code'
  | 'wrong_code'
  | 'no_account'
  | 'account_refused'
  | 'no_debtor'
  | 'debtor_refused'
  | 'consent_over';

/** What every page has in common. A page that belongs to no brand has the brand null. */
export interface Frame {
  readonly brand: Brand | null;
  readonly language: UiLanguage;
  /** The same page in each language. */
  readonly languageLinks: Readonly<Record<UiLanguage, string>>;
}

/** What every page of a visit has in common: which TPP sent the PSU, and what its forms need. */
export interface VisitFrame extends Frame {
  readonly brand: Brand;
  readonly purpose: Purpose;
  readonly tppName: string;
  /** The callback of the TPP. The content security policy must allow forms to end there. */
  readonly redirectUri: string;
  /** The error with which the PSU returns when the bank fails. */
  readonly failure: string;
  readonly csrf: string;
  readonly paths: Readonly<Record<Step, string>>;
}

export interface LogInPage {
  readonly name: 'log-in';
  readonly frame: VisitFrame;
  readonly customers: readonly {
    readonly id: string;
    readonly name: string;
    /** What the customer is good for. */
    readonly kind: CustomerCase;
    readonly currencies: number;
    readonly holdsRequested: boolean;
  }[];
  readonly chosen: string | null;
  /** The account that the TPP named in advance (CAF, and AIS before version 4 of consent-uris). */
  readonly requestedIban: string | null;
  readonly fault: FormFault | null;
}

export interface CodePage {
  readonly name: 'code';
  readonly frame: VisitFrame;
  readonly customer: string;
  readonly code: string;
  readonly fault: FormFault | null;
}

/** The accounts of the customer from which the PSU chooses, or the one that the TPP named. */
export interface AccountChoice {
  readonly requestedIban: string | null;
  /** All accounts of the customer, or the requested one alone; empty when the customer does not hold that one. */
  readonly accounts: readonly PsuAccount[];
  readonly chosen: readonly string[];
}

export interface ConsentPage {
  readonly name: 'consent';
  readonly frame: VisitFrame;
  /** No consent is asked for payments in general. */
  readonly scope: Exclude<Scope, 'PIS'>;
  readonly customer: string;
  readonly choice: AccountChoice;
  readonly validUntil: Date;
  readonly validDays: number;
  readonly fault: FormFault | null;
}

/** Exactly what is paid, and from which account. */
export interface PaymentPage {
  readonly name: 'payment';
  readonly frame: VisitFrame;
  readonly customer: string;
  readonly product: PaymentProduct;
  readonly instruction: PaymentInstruction;
  readonly choice: AccountChoice;
  readonly fault: FormFault | null;
}

/** For which consent the PSU proves again who they are. */
export interface ScaPage {
  readonly name: 'sca';
  readonly frame: VisitFrame;
  readonly customer: string;
  /** Null when it has ended. */
  readonly consent: { readonly ibans: readonly string[]; readonly expiresAt: Date } | null;
  readonly fault: FormFault | null;
}

export interface DeadEndPage {
  readonly name: 'dead-end';
  readonly frame: Frame;
  readonly reason: DeadEnd;
}

export type Page = LogInPage | CodePage | ConsentPage | PaymentPage | ScaPage | DeadEndPage;

/** The answer to the browser: a page, or a redirect. */
export type Answer =
  | { readonly kind: 'page'; readonly status: number; readonly page: Page }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'opened'; readonly to: string; readonly path: string; readonly cookie: VisitCookie };

export const showPage = (page: Page, status = 200): Answer => ({ kind: 'page', status, page });

export const redirectTo = (to: string): Answer => ({ kind: 'redirect', to });

/** @param link the same address in another language */
export const deadEnd = (
  reason: DeadEnd,
  brand: Brand | null,
  language: UiLanguage,
  link: (language: UiLanguage) => string,
): Answer =>
  showPage(
    { name: 'dead-end', reason, frame: { brand, language, languageLinks: perLanguage(link) } },
    DEAD_END_STATUS[reason],
  );
