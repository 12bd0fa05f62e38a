import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsIBAN, Matches } from 'class-validator';

const FAULT = '$property must be an IBAN with a right checksum';

/** For the description of the API: any case, spaced anyhow; the checksum is beyond a pattern. */
export const IBAN_SCHEMA = {
  type: 'string',
  pattern: '^ *(?:[A-Za-z] *){2}(?:[0-9] *){2}(?:[A-Za-z0-9] *){10,30}$',
  example: 'BE83063154780915',
} as const;

/** As ISO 13616 writes an IBAN for machines: upper case, no spaces. */
const toElectronicFormat = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll(' ', '').toUpperCase() : value;

/** Reads a property as an IBAN in electronic format, however it was spaced and cased, and validates it. */
export const IsElectronicIban = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => toElectronicFormat(value)),
    Matches(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/, { message: FAULT }),
    IsIBAN({}, { message: FAULT }),
  );
