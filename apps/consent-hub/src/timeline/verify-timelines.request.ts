import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsPageLimit } from '@consent-hub/platform';
import { IsOptional, IsUUID, Matches } from 'class-validator';

const MOST_PER_PAGE = 1000;
/** Looser than a UUID's rules: an attacker may have left a row under any id. */
export const CURSOR = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class VerifyTimelinesRequest {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The timeline of one consent alone; `limit` and `cursor` do not matter then',
  })
  @IsOptional()
  @IsUUID(undefined, { message: '$property must be a UUID' })
  consent_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: MOST_PER_PAGE,
    description: 'How many timelines are verified at most; fewer where they are long',
  })
  @IsOptional()
  @IsPageLimit(MOST_PER_PAGE)
  limit = MOST_PER_PAGE;

  @ApiPropertyOptional({ pattern: CURSOR.source, description: '`next_cursor` of the page before' })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}
