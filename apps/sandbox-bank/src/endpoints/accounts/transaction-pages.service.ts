import { Injectable } from '@nestjs/common';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { PageKeyRepository } from '../../model/accounts/page-key.repository.js';
import type { Transaction, TransactionPlace } from '../../model/transactions/transactions.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import {
  USUAL_PAGE,
  type TransactionPage,
  type TransactionQuery,
  type TransactionWish,
} from './transaction-query.js';

/** Where a page begins, and what it is a page of. */
export type PageStart = TransactionWish & {
  readonly pageSize: number;
  readonly after: TransactionPlace | null;
};

/** Goes from page to page: a key carries the query that its first page answered. */
@Injectable()
export class TransactionPagesService {
  constructor(private readonly keys: PageKeyRepository) {}

  /** @param list whose transactions they are: a key leads nowhere else */
  async start(list: string, query: TransactionQuery): Promise<PageStart> {
    const { from, to, currency, pageSize, next } = query;
    if (next === null) return { from, to, currency, pageSize: pageSize ?? USUAL_PAGE, after: null };
    const page = await this.keys.open(list, next);
    if (!isPage(page)) throw new Refusal(BANK_ERROR.invalidInput, { input: 'next' });
    // It may be said again, but it cannot change from one page to the next.
    const [changed] = (['from', 'to', 'currency'] as const).filter(
      (each) => query[each] !== null && query[each] !== page[each],
    );
    if (changed) throw new Refusal(BANK_ERROR.invalidInput, { input: 'next' });
    return { ...page, pageSize: pageSize ?? page.pageSize };
  }

  /** The key to what follows a transaction. */
  keyAfter(list: string, { from, to, currency, pageSize }: PageStart, last: Transaction): Promise<string> {
    const after = { date: last.date, number: last.number };
    return this.keys.seal(list, { from, to, currency, pageSize, after } satisfies TransactionPage);
  }
}

/** Only the bank seals pages: one that opens has the shape that this program, or one before it, gave it. */
const isPage = (opened: unknown): opened is TransactionPage =>
  typeof opened === 'object' && opened !== null && 'after' in opened && 'pageSize' in opened;
