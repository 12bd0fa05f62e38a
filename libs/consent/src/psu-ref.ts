import { Matches } from 'class-validator';

/** No control, formatting or lone surrogate characters, no line ends, not blank. Counted in characters, as Postgres does. */
const PSU_REF = /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u;

/** Validates a property that holds the TPP's own name of a person. */
export const IsPsuRef = (): PropertyDecorator =>
  Matches(PSU_REF, { message: '$property must be 1 to 128 printable characters' });
