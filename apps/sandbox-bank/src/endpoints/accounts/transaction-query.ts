import { BANK_ERROR, HEADER, Secret } from '@consent-hub/psd2-protocol';
import { isDate } from '../../model/clock/calendar.js';
import type { TransactionPlace } from '../../model/transactions/transactions.js';
import type { MachineRequest } from '../../machine-api/machine.request.js';
import { Refusal } from '../../machine-api/refusal.error.js';
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
