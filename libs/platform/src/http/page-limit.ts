import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** What a query says, where it says it in digits. Anything else stays, for the rules to refuse. */
const toWholeNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

/** Validates a property of a query that says how many items a page holds: a whole number from 1 on. */
export function IsPageLimit(most: number): PropertyDecorator {
  const message = `$property must be a whole number from 1 to ${most}`;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => toWholeNumber(value)),
    IsInt({ message }),
    Min(1, { message }),
    Max(most, { message }),
  );
}
