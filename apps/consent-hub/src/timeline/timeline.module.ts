import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [ConsentModule],
  controllers: [TimelineController],
  providers: [TimelineService],
})
export class TimelineModule {}
