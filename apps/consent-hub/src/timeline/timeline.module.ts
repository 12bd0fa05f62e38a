import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { TimelineExportsController } from './timeline-exports.controller.js';
import { TimelineExportsService } from './timeline-exports.service.js';
import { TimelineHeadsController } from './timeline-heads.controller.js';
import { TimelinePartitionsJob } from './timeline-partitions.job.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [ConsentModule],
  controllers: [TimelineController, TimelineExportsController, TimelineHeadsController],
  providers: [TimelineService, TimelineExportsService, TimelinePartitionsJob],
})
export class TimelineModule {}
