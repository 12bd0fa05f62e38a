import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ALL_STATE_REASONS,
  CONSENT_STATES,
  LIVE_STATES,
  MOST_COUNTED,
  SEARCH_ORDERS,
  type ConsentState,
  type SearchOrder,
  type StateReason,
} from '@consent-hub/consent';
import { IsPageLimit } from '@consent-hub/platform';
import { BRANDS, SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import { IBAN_SCHEMA, IsElectronicIban, IsPsuRef, PSU_REF_SCHEMA } from '../http-api/consent-fields.js';

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

export const MOST_PER_PAGE = 200;
export const USUAL_PER_PAGE = 50;

const moment = { type: String, anyOf: [{ format: 'date-time' }, { format: 'date' }] };
/** What a cursor is made of; the rest is checked where it is read. */
const CURSOR = /^[\x21-\x7e]{1,200}$/;
const MOMENT_FORM = 'RFC 3339 date-time with its zone, or a date, which begins at midnight UTC.';

/** The id of an API client, or its name. */
const CLIENT = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

/** What a query says, where it says it in one of these words. Anything else stays, for the rules to refuse. */
const toBoolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** Filters are joined by "and"; what is left out does not matter. */
export class SearchConsentsRequest {
  @ApiPropertyOptional({
    enum: CONSENT_STATES,
    isArray: true,
    description: 'Repeat it for several: any of them.',
    example: LIVE_STATES,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  @IsIn(CONSENT_STATES, { each: true, message: `$property must be one of ${CONSENT_STATES.join(', ')}` })
  state?: ConsentState[];

  @ApiPropertyOptional({
    enum: ALL_STATE_REASONS,
    description: 'Why it ended.',
    example: 'rotation_lost',
  })
  @IsOptional()
  @IsIn(ALL_STATE_REASONS, { message: `$property must be one of ${ALL_STATE_REASONS.join(', ')}` })
  state_reason?: StateReason;

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
    pattern: CLIENT.source,
    description:
      'The API client that opened it, by name or id; for admins, others may name themselves only. If several clients had a name ' +
      'one after the other, the one that has it now, or had it last: the id finds an earlier one.',
    example: 'payments',
  })
  @IsOptional()
  @Matches(CLIENT, { message: '$property must be the name or the id of an API client' })
  client?: string;

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
    description: `Ended then or later, in any state: see \`state\`. ${MOMENT_FORM}`,
    example: '2026-01-31T20:00:00Z',
  })
  @IsOptional()
  @IsMoment()
  ended_from?: Date;

  @ApiPropertyOptional({
    ...moment,
    description: `Ended before then. ${MOMENT_FORM}`,
    example: '2026-02-01T06:00:00Z',
  })
  @IsOptional()
  @IsMoment()
  ended_to?: Date;

  @ApiPropertyOptional({
    ...moment,
    description: `Whose \`consent_expires_at\` is before then, in any state. ${MOMENT_FORM}`,
    example: '2026-12-31',
  })
  @IsOptional()
  @IsMoment()
  expires_before?: Date;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'true: those that need attention, `attention` says why; false: those that need none.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => toBoolean(value))
  @IsBoolean({ message: '$property must be true or false' })
  needs_attention?: boolean;

  @ApiPropertyOptional({
    enum: SEARCH_ORDERS,
    description:
      '`created_at`: newest first. `ended_at`: latest end first, of what has ended alone. `consent_expires_at`: soonest end of ' +
      'validity first, ended or not, of what a PSU has authenticated alone. Default: `ended_at` with `ended_from` or `ended_to`, ' +
      'otherwise `created_at`.',
  })
  @IsOptional()
  @IsIn(SEARCH_ORDERS, { message: `$property must be one of ${SEARCH_ORDERS.join(', ')}` })
  order?: SearchOrder;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: `true: \`total\` says how many there are on all pages, up to ${MOST_COUNTED}.`,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => toBoolean(value))
  @IsBoolean({ message: '$property must be true or false' })
  count = false;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: USUAL_PER_PAGE,
    description: 'How many a page holds',
  })
  @IsOptional()
  @IsPageLimit(MOST_PER_PAGE)
  limit = USUAL_PER_PAGE;

  @ApiPropertyOptional({
    pattern: CURSOR.source,
    maxLength: 200,
    description:
      '`next_cursor` of the page before, with the same filters and order; `limit` and `count` may change.',
  })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}
