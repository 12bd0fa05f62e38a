import { IsIBAN, Matches } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { IBAN_GAP, toElectronicIban } from '@consent-hub/psd2-protocol';
import { Transform } from 'class-transformer';

const FAULT = '$property must be an IBAN with a right checksum';

/** For the description of the API: any case, spaced anyhow; the checksum is beyond a pattern. */
export const IBAN_SCHEMA = {
  type: 'string',
  pattern: `^${IBAN_GAP}*(?:[A-Za-z]${IBAN_GAP}*){2}(?:[0-9]${IBAN_GAP}*){2}(?:[A-Za-z0-9]${IBAN_GAP}*){10,30}$`,
  example: 'BE83063154780915',
} as const;

/** Reads a property as an IBAN in electronic format, however it was spaced and cased, and validates it. */
export const IsElectronicIban = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? toElectronicIban(value) : value,
    ),
    Matches(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/, { message: FAULT }),
    IsIBAN({}, { message: FAULT }),
  );

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

/** As a line of a page: what a name of a person may hold, and no more than a line. */
const PURPOSE = /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,140}$/u;

/** The same for the description of the API. */
export const PURPOSE_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 140,
  pattern: PURPOSE.source,
  example: 'Your budget across banks',
} as const;

/** Validates a property that says what an access is used for. */
export const IsPurpose = (): PropertyDecorator =>
  Matches(PURPOSE, { message: '$property must be 1 to 140 printable characters' });

/** Validates a property that holds the TPP's own name of a person. */
export const IsPsuRef = (): PropertyDecorator =>
  Matches(PSU_REF, { message: '$property must be 1 to 128 printable characters' });
