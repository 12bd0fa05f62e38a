import type { EndpointVersion, EndpointVersions } from '../../machine-api/endpoint.js';
import type { Transaction } from '../../model/transactions/transactions.js';
import { accountHref, transactionsHref } from './account-versions.js';

/** One page of the transactions of an account. */
export interface TransactionsView {
  readonly logicalId: string;
  readonly transactions: readonly Transaction[];
  /** Key to the next page; the last one has none. */
  readonly next: string | undefined;
}

interface TransactionBody {
  readonly transaction_seqnumber?: string;
  readonly transaction_ref: string;
  readonly counterparty_info: string;
  readonly communication: string;
  readonly communication_type: string;
  readonly remittance_info: string;
  readonly counterparty_account: string;
  /** Negative for a debit. */
  readonly amount: number;
  readonly currency: string;
  readonly execution_date: string;
  readonly value_date: string;
}

interface Links {
  readonly self: { readonly href: string };
  readonly account: { readonly href: string };
  readonly next?: { readonly href: string };
}

interface NextPage {
  readonly next_page_key?: string;
}

/** The answer of GET /accounts/{logical-id}/transactions in both of its shapes (recorded by clients). */
export type TransactionsBody =
  | {
      readonly _embedded: { readonly transactions: readonly TransactionBody[] } & NextPage;
      readonly _links: Links;
    }
  | {
      readonly transactions: { readonly booked: readonly TransactionBody[] } & NextPage;
      readonly _links: Links;
    };

export interface TransactionVersion extends EndpointVersion {
  toBody(view: TransactionsView): TransactionsBody;
}

const transaction = (each: Transaction): TransactionBody => ({
  transaction_ref: each.reference,
  counterparty_info: each.counterparty.name,
  communication: each.communication,
  // Assumed: only the value FREETEXT was recorded.
  communication_type: each.isStructured ? 'STRUCTURED' : 'FREETEXT',
  remittance_info: each.remittanceInfo,
  counterparty_account: each.counterparty.iban,
  amount: each.cents / 100,
  currency: each.currency,
  execution_date: each.date,
  value_date: each.date,
});

/** Assumed: the number counts within the day. Only the form `EUR001` was recorded. */
const numbered = (each: Transaction): TransactionBody => ({
  transaction_seqnumber: `${each.currency}${String(each.number).padStart(3, '0')}`,
  ...transaction(each),
});

const nextPage = ({ next }: TransactionsView): NextPage =>
  next === undefined ? {} : { next_page_key: next };

const links = ({ logicalId, next }: TransactionsView): Links => ({
  self: { href: transactionsHref(logicalId) },
  account: { href: accountHref(logicalId) },
  ...(next !== undefined && { next: { href: transactionsHref(logicalId, next) } }),
});

const embedded = (view: TransactionsView): TransactionsBody => ({
  _embedded: { transactions: view.transactions.map(transaction), ...nextPage(view) },
  _links: links(view),
});

const booked = (view: TransactionsView): TransactionsBody => ({
  transactions: { booked: view.transactions.map(numbered), ...nextPage(view) },
  _links: links(view),
});

/**
 * The versions of GET /accounts/{logical-id}/transactions. Which version is live today is not known: assumed, also the one
 * after the last recorded one, with the same answer.
 */
export const TRANSACTION_VERSIONS: EndpointVersions<TransactionVersion> = {
  '1': { today: [], before: ['AIS'], errors: 'numeric', toBody: embedded },
  '1.2': { today: [], before: ['AIS'], errors: 'numeric', toBody: embedded },
  '2': { today: ['AIS'], before: ['AIS'], errors: 'unprefixed', toBody: booked },
  '3': { today: ['AIS'], errors: 'current', toBody: booked },
};
