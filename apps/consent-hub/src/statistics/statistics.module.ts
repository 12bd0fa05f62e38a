import { Global, Module } from '@nestjs/common';
import { HubFigures, RefreshHistory } from '@consent-hub/consent';
import { ConsentCountJob } from './consent-count.job.js';
import { HubFiguresQuery } from './hub-figures.query.js';
import { RefreshHistoryQuery } from './refresh-history.query.js';
import { RefreshTallyRecorder } from './refresh-tally.recorder.js';
import { StatisticsController } from './statistics.controller.js';

/** Global for its ports alone: whoever shows how the hub stands asks `HubFigures`, and how it stood `RefreshHistory`. */
@Global()
@Module({
  controllers: [StatisticsController],
  providers: [
    HubFiguresQuery,
    { provide: HubFigures, useExisting: HubFiguresQuery },
    { provide: RefreshHistory, useClass: RefreshHistoryQuery },
    RefreshTallyRecorder,
    ConsentCountJob,
  ],
  exports: [HubFigures, RefreshHistory],
})
export class StatisticsModule {}
