import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsPageLimit } from '@consent-hub/platform';
import { TOKEN_REQUEST_STATUSES, type FoundTokenRequest } from '@consent-hub/token-grant';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsUUID } from 'class-validator';

const MOST_PER_PAGE = 1000;
const USUAL_PER_PAGE = 50;

export class ListTokenRequestsRequest {
  @ApiPropertyOptional({
    enum: TOKEN_REQUEST_STATUSES,
    isArray: true,
    description: 'Repeat it for several: any of them.',
    example: ['in_doubt', 'received'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  @IsIn(TOKEN_REQUEST_STATUSES, {
    each: true,
    message: `$property must be one of ${TOKEN_REQUEST_STATUSES.join(', ')}`,
  })
  status?: FoundTokenRequest['status'][];

  @ApiPropertyOptional({ format: 'uuid', description: 'Those of one consent' })
  @IsOptional()
  @IsUUID(undefined, { message: '$property must be a UUID' })
  consent_id?: string;

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

  @ApiPropertyOptional({ format: 'uuid', description: '`next_cursor` of the page before' })
  @IsOptional()
  @IsUUID(undefined, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}
