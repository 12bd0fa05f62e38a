import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  CONSENT_STATES,
  IBAN_SCHEMA,
  IsElectronicIban,
  IsPsuRef,
  PSU_REF_SCHEMA,
  type ConsentState,
} from '@consent-hub/consent';
import { BRANDS, SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsMoment } from './search-moment.js';

export const MOST_PER_PAGE = 200;
export const USUAL_PER_PAGE = 50;
const LIMIT_FAULT = `$property must be a whole number from 1 to ${MOST_PER_PAGE}`;

const moment = { type: String, anyOf: [{ format: 'date-time' }, { format: 'date' }] };
/** What a cursor is made of; the rest is checked where it is read. */
const CURSOR = /^[\x21-\x7e]{1,200}$/;
const MOMENT_FORM = 'RFC 3339 date-time with its zone, or a date, which begins at midnight UTC.';

/** What a query says, where it says it in one of these words. Anything else stays, for the rules to refuse. */
const toBoolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);
const toWholeNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

/** Filters are joined by "and"; what is left out does not matter. */
export class SearchConsentsRequest {
  @ApiPropertyOptional({
    enum: CONSENT_STATES,
    isArray: true,
    description: 'Repeat it for several: any of them.',
    example: ['active', 'refreshed'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  @IsIn(CONSENT_STATES, { each: true, message: `$property must be one of ${CONSENT_STATES.join(', ')}` })
  state?: ConsentState[];

  @ApiPropertyOptional({ enum: SCOPES, description: 'What the consent is for' })
  @IsOptional()
  @IsIn(SCOPES, { message: `$property must be one of ${SCOPES.join(', ')}` })
  scope?: Scope;

  @ApiPropertyOptional({ enum: BRANDS, description: "The PSU's bank" })
  @IsOptional()
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand?: Brand;

  @ApiPropertyOptional({ ...PSU_REF_SCHEMA, description: 'The name under which consents were opened' })
  @IsOptional()
  @IsPsuRef()
  psu_ref?: string;

  @ApiPropertyOptional({
    ...IBAN_SCHEMA,
    description: 'Of the request (CAF), or of an account that the PSU chose. Spaces and case do not matter.',
  })
  @IsOptional()
  @IsElectronicIban()
  iban?: string;

  @ApiPropertyOptional({
    ...moment,
    description: `Created then or later. ${MOMENT_FORM}`,
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsMoment()
  created_from?: Date;

  @ApiPropertyOptional({
    ...moment,
    description: `Created before then. ${MOMENT_FORM}`,
    example: '2026-02-01',
  })
  @IsOptional()
  @IsMoment()
  created_to?: Date;

  @ApiPropertyOptional({
    ...moment,
    description: `Whose \`consent_expires_at\` lies before then, whatever their state. ${MOMENT_FORM}`,
    example: '2026-12-31',
  })
  @IsOptional()
  @IsMoment()
  expires_before?: Date;

  @ApiPropertyOptional({
    type: Boolean,
    description:
      'true: those that somebody should look at, `attention` says why; false: those that need nobody.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => toBoolean(value))
  @IsBoolean({ message: '$property must be true or false' })
  needs_attention?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: USUAL_PER_PAGE,
    description: 'How many a page holds',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => toWholeNumber(value))
  @IsInt({ message: LIMIT_FAULT })
  @Min(1, { message: LIMIT_FAULT })
  @Max(MOST_PER_PAGE, { message: LIMIT_FAULT })
  limit = USUAL_PER_PAGE;

  @ApiPropertyOptional({
    pattern: CURSOR.source,
    maxLength: 200,
    description: '`next_cursor` of the page before, with the same filters; the page size may change.',
  })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}
