import type { Language } from '@consent-hub/psd2-protocol';
import { dayOf, daysIn, isWeekend } from '../clock/calendar.js';
import { PAYEES, type Payees, type StatementWord } from './payees.js';
import { SeededRandom } from './random.generator.js';

/** The last two digits of Belgian numbers: the remainder modulo 97, with 97 for zero. */
const checkOf = (digits: string): string => String(Number(digits) % 97 || 97).padStart(2, '0');

/** A Belgian IBAN with both check digits valid (ISO 13616): those of the number, and those of the IBAN. */
export function belgianIban(bankCode: string, number: string): string {
  const bban = bankCode + number + checkOf(bankCode + number);
  // B, E and 00 as digits after the number (ISO 7064, modulus 97).
  const remainder = ((Number(bban) % 97) * 1_000_000 + 111_400) % 97;
  return `BE${String(98 - remainder).padStart(2, '0')}${bban}`;
}

/** A structured communication of the Belgian banks: ten digits and two check digits. */
export function structuredCommunication(random: SeededRandom): string {
  const digits = random.digits(10);
  const whole = digits + checkOf(digits);
  return `+++${whole.slice(0, 3)}/${whole.slice(3, 7)}/${whole.slice(7)}+++`;
}

/** The kinds of an account's monthly movements. */
export const ACTIVITIES = ['salary', 'household', 'business', 'quiet', 'none'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** What the movements of an account, or of one of its compartments, follow from. */
export interface ActiveAccount {
  readonly iban: string;
  readonly currency: string;
  readonly activity: Activity;
  readonly language: Language;
}

export interface Counterparty {
  readonly name: string;
  /** Empty for cash and card payments without an account. */
  readonly iban: string;
}

/** A movement without its number within the day. */
export interface Draft {
  readonly day: number;
  /** Negative for a debit. */
  readonly cents: number;
  readonly counterparty: Counterparty;
  readonly communication: string;
  readonly isStructured: boolean;
  readonly remittanceInfo: string;
  /** Reference of a mandate: all its collections have the same one. */
  readonly reference?: string;
}

/** Bank codes of other banks. */
const OTHER_BANKS = ['001', '210', '310', '363', '400', '731', '860', '979'] as const;

export function counterparty(name: string): Counterparty {
  const random = new SeededRandom(`counterparty ${name}`);
  return { name, iban: belgianIban(random.pick(OTHER_BANKS), random.digits(7)) };
}

/** One month of one account. */
export class Month {
  readonly days: number;
  readonly payees: Payees;

  constructor(
    private readonly account: ActiveAccount,
    private readonly month: string,
  ) {
    this.days = daysIn(month);
    this.payees = PAYEES[account.language];
  }

  get currency(): string {
    return this.account.currency;
  }

  /** A random source that is the same in every month. */
  habit(of: string): SeededRandom {
    return new SeededRandom(`${this.account.iban} ${this.account.currency} ${of}`);
  }

  /** A random source of this month. */
  chance(of: string): SeededRandom {
    return new SeededRandom(`${this.account.iban} ${this.account.currency} ${this.month} ${of}`);
  }

  word(word: StatementWord): string {
    return this.payees.words[word];
  }

  date(day: number): string {
    return dayOf(this.month, day);
  }

  /** That day, or the next working day of banks. */
  workingDay(day: number): number {
    return isWeekend(this.date(day)) ? this.workingDay(day + 1) : day;
  }
}

export const transfer = (
  month: Month,
  day: number,
  cents: number,
  name: string,
  communication: string,
): Draft => ({
  day,
  cents,
  counterparty: counterparty(name),
  communication,
  isStructured: communication.startsWith('+++'),
  remittanceInfo: `${month.word(cents < 0 ? 'transferOut' : 'transferIn')}\n${name}\n${communication}`,
});
