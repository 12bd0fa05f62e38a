import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { EventViews } from '../http-api/event.view.js';
import { EventFollower } from './event-follower.service.js';
import { EventPages } from './event-pages.service.js';
import { EventSelections } from './event-selection.service.js';
import { EventStreamsJob } from './event-streams.job.js';
import { EventStreams } from './event-streams.service.js';
import { EventsController } from './events.controller.js';

/** Shows events, a page at a time and as a stream. Needs the port `KeyPermissions`. */
@Module({
  imports: [ConsentModule],
  controllers: [EventsController],
  providers: [EventSelections, EventViews, EventFollower, EventPages, EventStreams, EventStreamsJob],
})
export class EventsModule {}
