/** A calendar month of UTC, as `YYYY-MM`. */
export const MONTH = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])$/;

/** @param month `YYYY-MM` @returns when it begins */
export const beginOf = (month: string): Date => new Date(`${month}-01T00:00:00Z`);

/** @param month `YYYY-MM` @returns when it ends */
export function endOf(month: string): Date {
  const end = beginOf(month);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end;
}

/** @returns the month that a moment is in, `YYYY-MM` */
const monthOf = (moment: Date): string => moment.toISOString().slice(0, 7);

/** @returns the month that ends at this moment */
export const monthBefore = (end: Date): string => monthOf(new Date(end.getTime() - 1));
