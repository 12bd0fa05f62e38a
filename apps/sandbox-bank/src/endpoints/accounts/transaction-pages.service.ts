import { Injectable } from '@nestjs/common';
import { BANK_ERROR, HEADER, Secret } from '@consent-hub/psd2-protocol';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';
import { PageKeyRepository } from '../../model/accounts/page-key.repository.js';
import { isDate } from '../../model/clock/calendar.js';
import type { Transaction, TransactionPlace } from '../../model/transactions/transactions.js';
import { isPsuInvolved } from './account-access.service.js';

/** The filters of a call; null where the caller leaves them to the bank. */
export interface TransactionFilter {
  readonly from: string | null;
  readonly to: string | null;
  /** Currency of the compartment. */
  readonly currency: string | null;
  readonly pageSize: number | null;
}

/** The place after which a page continues. */
export interface TransactionPage extends TransactionFilter {
  readonly pageSize: number;
  readonly after: TransactionPlace;
}

export interface TransactionQuery extends TransactionFilter {
  /** Key to a further page. */
  readonly next: string | null;
  readonly scaToken: Secret | null;
  readonly isAttended: boolean;
}

/** The largest page size of a known client. Assumed: a larger one is refused. */
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

/** Where a page begins, and with which filters. */
export type PageStart = TransactionFilter & {
  readonly pageSize: number;
  readonly after: TransactionPlace | null;
};

/** Reads and makes the keys to further pages: a key carries the filters of the first page. */
@Injectable()
export class TransactionPagesService {
  constructor(private readonly keys: PageKeyRepository) {}

  /** @param list whose transactions they are: a key is valid for this list only */
  async start(list: string, query: TransactionQuery): Promise<PageStart> {
    const { from, to, currency, pageSize, next } = query;
    if (next === null) return { from, to, currency, pageSize: pageSize ?? USUAL_PAGE, after: null };
    const page = await this.keys.open(list, next);
    if (!isPage(page)) throw new Refusal(BANK_ERROR.invalidInput, { input: 'next' });
    // A filter may be repeated, but it cannot change from one page to the next.
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

/** Only the bank seals page keys: one that opens has the shape that this program, or an earlier version of it, wrote. */
const isPage = (opened: unknown): opened is TransactionPage =>
  typeof opened === 'object' && opened !== null && 'after' in opened && 'pageSize' in opened;
