import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';

const MOST_EVENTS = 1000;
const EVENT_ID = /^evt_[A-Za-z0-9_]{1,60}$/;

/** One of the three. */
export class ReplayEventsRequest {
  @ApiPropertyOptional({
    pattern: EVENT_ID.source,
    description: 'The id of an event: all later ones that the webhook wants, delivered before or not',
    example: 'evt_4711_5f0c9a1e',
  })
  @IsOptional()
  @Matches(EVENT_ID, { message: '$property must be the id of an event' })
  after?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', pattern: EVENT_ID.source },
    minItems: 1,
    maxItems: MOST_EVENTS,
    description: 'These events, whatever types the webhook asks for',
  })
  @IsOptional()
  @IsArray({ message: `$property must be 1 to ${MOST_EVENTS} ids of events` })
  @ArrayMinSize(1, { message: `$property must be 1 to ${MOST_EVENTS} ids of events` })
  @ArrayMaxSize(MOST_EVENTS, { message: `$property must be 1 to ${MOST_EVENTS} ids of events` })
  @Matches(EVENT_ID, { each: true, message: '$property must be ids of events' })
  event_ids?: string[];

  @ApiPropertyOptional({ enum: ['failed'], description: 'All deliveries that were given up' })
  @IsOptional()
  @IsIn(['failed'], { message: '$property must be failed' })
  state?: 'failed';
}
