import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { TimelineHeadsController } from './timeline-heads.controller.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [ConsentModule],
  controllers: [TimelineController, TimelineHeadsController],
  providers: [TimelineService],
})
export class TimelineModule {}
