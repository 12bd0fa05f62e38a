/** Days as ISO 8601 dates, which sort as text. */

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const instantOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** Whether a text is a day that the calendar has. */
export const isDate = (text: string): boolean =>
  DATE.test(text) && !Number.isNaN(instantOf(text)) && dateOf(instantOf(text)) === text;

export const daysBefore = (date: string, days: number): string => dateOf(instantOf(date) - days * DAY_MS);

/** `2026-03` of `2026-03-14`. */
export const monthOf = (date: string): string => date.slice(0, 7);

export const previousMonth = (month: string): string => monthOf(daysBefore(`${month}-01`, 1));

export const daysIn = (month: string): number => {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
};

export const dayOf = (month: string, day: number): string => `${month}-${String(day).padStart(2, '0')}`;

export const isWeekend = (date: string): boolean => [0, 6].includes(new Date(instantOf(date)).getUTCDay());
