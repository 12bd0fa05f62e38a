import { ValidateBy } from 'class-validator';

/** One rule, hence one line of complaint, where `@IsInt() @Min() @Max()` would give three. */
export const WholeNumber = (min: number, max: number): PropertyDecorator =>
  ValidateBy({
    name: 'wholeNumber',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
      defaultMessage: () => `$property must be a whole number from ${min} to ${max}`,
    },
  });
