import { Global, Module } from '@nestjs/common';
import { ConsentModule, TimelineVerifications } from '@consent-hub/consent';
import { TimelineExportsController } from './timeline-exports.controller.js';
import { TimelineExportsService } from './timeline-exports.service.js';
import { TimelineHeadsController } from './timeline-heads.controller.js';
import { TimelinePartitionsJob } from './timeline-partitions.job.js';
import { TimelineVerificationJob } from './timeline-verification.job.js';
import { TimelineVerificationRepository } from './timeline-verification.repository.js';
import { TimelineVerificationsService } from './timeline-verifications.service.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

/** Global for its port alone: admins at the console ask `TimelineVerifications`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [TimelineController, TimelineExportsController, TimelineHeadsController],
  providers: [
    TimelineService,
    TimelineExportsService,
    TimelinePartitionsJob,
    TimelineVerificationRepository,
    { provide: TimelineVerifications, useClass: TimelineVerificationsService },
    TimelineVerificationJob,
  ],
  exports: [TimelineVerifications],
})
export class TimelineModule {}
