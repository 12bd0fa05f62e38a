import { DELIVERY_STATES, type DeliveryState } from '@consent-hub/consent';
import { IsPageLimit } from '@consent-hub/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';

const MOST_PER_PAGE = 1000;
const USUAL_PER_PAGE = 50;
/** The position of the last item; fits into a bigint. */
const CURSOR = /^[1-9]\d{0,17}$/;

export class ListDeliveriesRequest {
  @ApiPropertyOptional({ enum: DELIVERY_STATES, description: 'Those in this state alone', example: 'failed' })
  @IsOptional()
  @IsIn(DELIVERY_STATES, { message: `$property must be one of ${DELIVERY_STATES.join(', ')}` })
  state?: DeliveryState;

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

  @ApiPropertyOptional({ pattern: CURSOR.source, description: '`next_cursor` of the page before' })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}
