import { Global, Module } from '@nestjs/common';
import { HubFigures } from '@consent-hub/consent';
import { ConsentCountJob } from './consent-count.job.js';
import { HubFiguresQuery } from './hub-figures.query.js';
import { RefreshTallyRecorder } from './refresh-tally.recorder.js';
import { StatisticsController } from './statistics.controller.js';

/** Global for its port alone: whoever shows how the hub stands asks `HubFigures`. */
@Global()
@Module({
  controllers: [StatisticsController],
  providers: [
    HubFiguresQuery,
    { provide: HubFigures, useExisting: HubFiguresQuery },
    RefreshTallyRecorder,
    ConsentCountJob,
  ],
  exports: [HubFigures],
})
export class StatisticsModule {}
