import { draftsOf } from './account-activity.js';
import type { ActiveAccount, Draft } from './account-month.context.js';
import { dayOf, daysBefore, monthOf, previousMonth } from '../clock/calendar.js';
import { SeededRandom } from './random.generator.js';

/** How far back the history goes. Assumed: the bank's pages name no end. */
export const HISTORY_DAYS = 730;

/** A booked movement of an account. Its date and its number identify it. */
export interface Transaction extends Pick<
  Draft,
  'cents' | 'counterparty' | 'communication' | 'isStructured' | 'remittanceInfo'
> {
  /** ISO 8601, in the bank's time zone. */
  readonly date: string;
  /** Within its day, from 1. */
  readonly number: number;
  readonly currency: string;
  /** Not unique: the collections of one mandate share one (recorded from the bank). */
  readonly reference: string;
}

export type TransactionPlace = Pick<Transaction, 'date' | 'number'>;

/** Both days included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The first day of the history. */
export const historyBegins = (today: string): string => daysBefore(today, HISTORY_DAYS);

/** The movements of a month, oldest first. They are not stored: they follow from the account and the month. */
function transactionsIn(account: ActiveAccount, month: string): Transaction[] {
  const numbers = new Map<number, number>();
  return draftsOf(account, month)
    .sort((one, other) => one.day - other.day)
    .map(({ day, reference, ...draft }) => {
      const number = (numbers.get(day) ?? 0) + 1;
      numbers.set(day, number);
      const date = dayOf(month, day);
      const { currency } = account;
      return { ...draft, date, number, currency, reference: reference ?? referenceOf(account, date, number) };
    });
}

const referenceOf = ({ iban, currency }: ActiveAccount, date: string, number: number): string =>
  `T${new SeededRandom(`${iban} ${currency} ${date} ${number}`).digits(12)}`;

/** Newest first. It generates one month at a time, so that a first page is equally fast for a long and a short period. */
export function* transactionsBackwards(
  account: ActiveAccount,
  { from, to }: Period,
  after?: TransactionPlace,
): Generator<Transaction, void, void> {
  const newest = after && after.date < to ? after.date : to;
  for (let month = monthOf(newest); month >= monthOf(from); month = previousMonth(month)) {
    for (const transaction of transactionsIn(account, month).reverse()) {
      const { date, number } = transaction;
      if (date < from || date > newest) continue;
      if (after && date === after.date && number >= after.number) continue;
      yield transaction;
    }
  }
}

/** By how much the balance differs from that at the start of the month, in cents. */
export function movedThisMonth(account: ActiveAccount, today: string): number {
  return transactionsIn(account, monthOf(today))
    .filter(({ date }) => date <= today)
    .reduce((sum, { cents }) => sum + cents, 0);
}
