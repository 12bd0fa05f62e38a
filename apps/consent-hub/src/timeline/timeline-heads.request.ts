import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPageLimit } from '@consent-hub/platform';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { CURSOR } from './verify-timelines.request.js';

const MOST_PER_PAGE = 5000;
/** What fits into a body. */
const MOST_NOTED = 500;
const LAST_SEQ = 2_147_483_647;

export class TimelineHeadsRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: MOST_PER_PAGE,
    description: 'How many heads at most',
  })
  @IsOptional()
  @IsPageLimit(MOST_PER_PAGE)
  limit = MOST_PER_PAGE;

  @ApiPropertyOptional({ pattern: CURSOR.source, description: '`next_cursor` of the page before' })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}

class NotedEntryRequest {
  @ApiProperty({ pattern: CURSOR.source, example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70' })
  @Matches(CURSOR, { message: '$property must be a UUID in lower case' })
  consent_id: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: LAST_SEQ,
    description: 'Number of the entry',
    example: 3,
  })
  @IsInt({ message: '$property must be a whole number from 1' })
  @Min(1, { message: '$property must be a whole number from 1' })
  @Max(LAST_SEQ, { message: `$property must be at most ${LAST_SEQ}` })
  seq: number;
}

export class TimelineHashesRequest {
  @ApiProperty({
    type: [NotedEntryRequest],
    minItems: 1,
    maxItems: MOST_NOTED,
    description: 'Entries whose hashes are wanted, one of each consent',
  })
  @IsArray({ message: '$property must be a list' })
  @ArrayMinSize(1, { message: '$property must name an entry' })
  @ArrayMaxSize(MOST_NOTED, { message: `$property must name at most ${MOST_NOTED} entries` })
  @ValidateNested({ each: true, message: '$property must hold objects' })
  @Type(() => NotedEntryRequest)
  items: NotedEntryRequest[];
}
