import fc from 'fast-check';
import { isIBAN } from 'class-validator';
import { draftsOf } from './account-activity.js';
import { ACTIVITIES, type ActiveAccount, type Activity } from './account-month.context.js';
import { daysBefore } from '../clock/calendar.js';
import { movedThisMonth, transactionsBackwards, type Period, type Transaction } from './transactions.js';

const accountWith = (activity: Activity, iban = 'BE83063154780915'): ActiveAccount => ({
  iban,
  currency: 'EUR',
  activity,
  language: 'nl',
});
const SALARY = accountWith('salary');
const YEAR: Period = { from: '2025-03-01', to: '2026-02-28' };
const all = (account: ActiveAccount, period: Period): Transaction[] => [
  ...transactionsBackwards(account, period),
];
const aDay = fc.integer({ min: 0, max: 1_000 }).map((days) => daysBefore('2026-03-15', days));

describe('the transactions of an account', () => {
  it('are the same at any time and for any period', () => {
    const activity = fc.constantFrom(...ACTIVITIES);
    fc.assert(
      fc.property(activity, aDay, fc.nat(120), fc.nat(90), (each, to, days, more) => {
        const account = accountWith(each);
        const from = daysBefore(to, days);
        const longer = all(account, { from: daysBefore(from, more), to: daysBefore(to, -more) });
        const within = longer.filter(({ date }) => from <= date && date <= to);
        expect(JSON.stringify(all(account, { from, to }))).toBe(JSON.stringify(within));
      }),
      { numRuns: 40 },
    );
  });

  it('continue after any of them with the next older one', () => {
    const whole = all(SALARY, YEAR);
    for (const at of [0, 1, 57, whole.length - 2, whole.length - 1])
      expect([...transactionsBackwards(SALARY, YEAR, whole[at])]).toEqual(whole.slice(at + 1));
  });

  it('differ from account to account, and from currency to currency', () => {
    const texts = [SALARY, accountWith('salary', 'BE60068223114070'), { ...SALARY, currency: 'USD' }].map(
      (account) => JSON.stringify(all(account, YEAR).map(({ cents, date }) => [cents, date])),
    );
    expect(new Set(texts).size).toBe(3);
  });

  it('come one by one: the newest of a long history need not wait for the oldest', () => {
    const endless = transactionsBackwards(accountWith('business'), { from: '1000-01-01', to: '2026-02-28' });
    const first = Array.from({ length: 400 }, () => endless.next().value);
    expect(first.at(-1)?.date.slice(0, 4)).toMatch(/202[56]/);
  });

  it.each(ACTIVITIES)('of an account of activity %s add up to nothing in every month', (activity) => {
    for (const month of ['2024-02', '2025-12', '2026-01', '2026-02']) {
      const cents = draftsOf(accountWith(activity), month).map((each) => each.cents);
      expect(cents.reduce((sum, each) => sum + each, 0)).toBe(0);
      expect(cents.every((each) => Number.isSafeInteger(each) && each !== 0)).toBe(true);
    }
  });

  it('move the balance by those of the month up to the day', () => {
    const { from, to } = { from: '2026-02-01', to: '2026-02-17' };
    const sum = all(SALARY, { from, to }).reduce((total, { cents }) => total + cents, 0);
    expect(movedThisMonth(SALARY, to)).toBe(sum);
    expect(movedThisMonth(SALARY, '2026-02-28')).toBe(0);
  });

  it('hold what a client must cope with', () => {
    const texts = all(SALARY, YEAR).map((each) => ({ ...each, text: JSON.stringify(each) }));
    const has = (form: RegExp): boolean => texts.some(({ text }) => form.test(text));
    expect(has(/[äöüéèë]/)).toBe(true);
    expect(has(/\\"/)).toBe(true);
    expect(has(/\\n/)).toBe(true);
    expect(texts.some(({ cents }) => cents > 0)).toBe(true);
    expect(texts.some(({ counterparty }) => counterparty.iban === '')).toBe(true);
    expect(new Set(texts.map(({ reference }) => reference)).size).toBeLessThan(texts.length);
  });

  it('name counterparties by valid accounts, and payments by valid structured communications', () => {
    for (const { counterparty, communication, isStructured } of all(accountWith('business'), YEAR)) {
      if (counterparty.iban !== '') expect(isIBAN(counterparty.iban)).toBe(true);
      if (!isStructured) continue;
      expect(communication).toMatch(/^\+\+\+\d{3}\/\d{4}\/\d{5}\+\+\+$/);
      const digits = communication.replace(/\D/g, '');
      expect(Number(digits.slice(10))).toBe(Number(digits.slice(0, 10)) % 97 || 97);
    }
  });

  it('arrive on days that the calendar has', () => {
    for (const { date } of all(SALARY, { from: '2024-01-01', to: '2024-12-31' }))
      expect(new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date);
  });
});
