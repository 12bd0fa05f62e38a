import { Matches } from 'class-validator';

/** No control, formatting or lone surrogate characters, no line ends, not blank. Counted in characters, as Postgres does. */
const PSU_REF = /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u;

/** The same for the description of the API. */
export const PSU_REF_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: PSU_REF.source,
  example: 'customer-4711',
} as const;

/** Validates a property that holds the TPP's own name of a person. */
export const IsPsuRef = (): PropertyDecorator =>
  Matches(PSU_REF, { message: '$property must be 1 to 128 printable characters' });
