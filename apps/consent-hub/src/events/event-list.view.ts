import { ApiProperty } from '@nestjs/swagger';
import { EventView } from '../http-api/event.view.js';

export class EventList {
  @ApiProperty({ type: [EventView], description: 'In the order in which they became known' })
  items: EventView[];

  @ApiProperty({
    description:
      'Send it as `after` for what comes next, at once or later; also where `items` is empty. It belongs to this API client.',
    example: 'evt_4711_5f0c9a1e',
  })
  next_after: string;
}
