import { Injectable } from '@nestjs/common';
import { BANK_ERROR, HEADER, Secret } from '@consent-hub/psd2-protocol';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { PageKeyRepository } from '../../model/accounts/page-key.repository.js';
import { isDate } from '../../model/clock/calendar.js';
import type { Transaction, TransactionPlace } from '../../model/transactions/transactions.js';
import { isPsuInvolved } from './account-access.service.js';

/** What a caller wants to see of an account; null where it leaves that to the bank. */
export interface TransactionWish {
  readonly from: string | null;
  readonly to: string | null;
  /** Of the compartment. */
  readonly currency: string | null;
  readonly pageSize: number | null;
}

/** What a page goes on from. */
export interface TransactionPage extends TransactionWish {
  readonly pageSize: number;
  readonly after: TransactionPlace;
}

export interface TransactionQuery extends TransactionWish {
  /** Key to a further page. */
  readonly next: string | null;
  readonly scaToken: Secret | null;
  readonly isAttended: boolean;
}

/** The largest that a known client asks for. Assumed: more is refused. */
const LARGEST_PAGE = 400;
/** Assumed: the bank's page names no size. */
export const USUAL_PAGE = 100;

export function readTransactionQuery(request: MachineRequest): TransactionQuery {
  const [from, to] = [readDate(request, 'date_from'), readDate(request, 'date_to')];
  if (from !== null && to !== null && from > to)
    throw new Refusal(BANK_ERROR.invalidInput, { input: 'date_from' });
  const scaToken = request.optionalHeader(HEADER.scaToken);
  return {
    from,
    to,
    currency: request.optionalQuery('currency') ?? null,
    pageSize: readPageSize(request),
    next: request.optionalQuery('next') ?? null,
    scaToken: scaToken === undefined ? null : new Secret(scaToken),
    isAttended: isPsuInvolved(request),
  };
}

function readDate(request: MachineRequest, input: string): string | null {
  const date = request.optionalQuery(input);
  if (date !== undefined && !isDate(date)) throw new Refusal(BANK_ERROR.invalidInput, { input });
  return date ?? null;
}

function readPageSize(request: MachineRequest): number | null {
  const input = 'pagesize';
  const text = request.optionalQuery(input);
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > LARGEST_PAGE)
    throw new Refusal(BANK_ERROR.invalidInput, { input });
  return Number(text);
}

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
