import { declareSecret } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { Transform } from 'class-transformer';
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

/**
 * The variable is a secret: it prints as redacted, and may be in the file that `<NAME>_FILE` names.
 *
 * @param faultOf the fault of its text, together with the other variables of its class, without the text; undefined: nothing
 */
export const SecretVariable =
  (faultOf: (text: unknown, settings: object | undefined) => string | undefined): PropertyDecorator =>
  (target, property) => {
    declareSecret(target, String(property));
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? new Secret(value) : value))(
      target,
      property,
    );
    const faultIn = (value: unknown, settings: object | undefined) =>
      faultOf(value instanceof Secret ? value.reveal() : value, settings);
    ValidateBy({
      name: 'secretVariable',
      validator: {
        validate: (value, given) => faultIn(value, given?.object) === undefined,
        defaultMessage: (given) => `$property ${faultIn(given?.value, given?.object)}`,
      },
    })(target, property);
  };
