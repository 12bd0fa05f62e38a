import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

const DATE = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/**
 * A moment of the query: an RFC 3339 date-time, or a date, which begins at midnight UTC.
 *
 * @returns undefined for anything else, days that the month does not have among it
 */
export function toMoment(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const [date = '', time, ...rest] = value.split('T');
  if (!DATE.test(date) || rest.length > 0 || (time !== undefined && !TIME.test(time))) return undefined;
  const midnight = new Date(`${date}T00:00:00Z`);
  // `Date` takes the 30th of February for the 2nd of March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined;
  return time === undefined ? midnight : new Date(value);
}

/** Validates a property as a moment. What cannot be one stays as it was sent. */
export const IsMoment = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => toMoment(value) ?? value)(target, property);
  ValidateBy({
    name: 'moment',
    validator: {
      validate: (value: unknown) => value instanceof Date,
      defaultMessage: () =>
        '$property must be a date (2026-01-31) or a date-time with its zone (2026-01-31T09:30:00Z; write + as %2B)',
    },
  })(target, property);
};
