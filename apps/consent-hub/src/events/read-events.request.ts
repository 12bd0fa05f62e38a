import { ApiPropertyOptional } from '@nestjs/swagger';
import { EVENT_TYPES } from '@consent-hub/consent';
import { IsPageLimit } from '@consent-hub/platform';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Matches, Max, Min } from 'class-validator';
import { AFTER_PATTERN } from './feed-cursor.js';

const MOST_PER_PAGE = 1000;
const USUAL_PER_PAGE = 100;
const LONGEST_WAIT_SECONDS = 30;
const WAIT_FAULT = `$property must be a whole number from 0 to ${LONGEST_WAIT_SECONDS}`;

/** Which events; filters are joined by "and". */
export class StreamEventsRequest {
  @ApiPropertyOptional({
    pattern: AFTER_PATTERN.source,
    description: 'Id of an event, or `next_after` of a page: events after it.',
    example: 'evt_4711_5f0c9a1e',
  })
  @IsOptional()
  @Matches(AFTER_PATTERN, { message: '$property must be the id of an event, or the next_after of a page' })
  after?: string;

  // The service refuses a type that there is not, with a code of its own.
  @ApiPropertyOptional({
    enum: EVENT_TYPES,
    isArray: true,
    description: 'Repeat it for several: any of them.',
    example: ['consent.failed', 'consent.expiring'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  @IsString({ each: true, message: '$property must be a type of event' })
  type?: string[];

  @ApiPropertyOptional({ format: 'uuid', description: 'Those of one consent' })
  @IsOptional()
  @IsUUID(undefined, { message: '$property must be a UUID' })
  consent_id?: string;
}

export class ListEventsRequest extends StreamEventsRequest {
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
    type: 'integer',
    minimum: 0,
    maximum: LONGEST_WAIT_SECONDS,
    default: 0,
    description: 'Where there is none yet: so long the call waits for one.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: WAIT_FAULT })
  @Min(0, { message: WAIT_FAULT })
  @Max(LONGEST_WAIT_SECONDS, { message: WAIT_FAULT })
  wait_seconds = 0;
}
