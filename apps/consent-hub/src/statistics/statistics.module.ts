import { Global, Module } from '@nestjs/common';
import { FigureHistory, HubFigures, InstanceHistory, RefreshHistory } from '@consent-hub/consent';
import { ConsentCountJob } from './consent-count.job.js';
import { FigureHistoryQuery } from './figure-history.query.js';
import { FigurePruningJob } from './figure-pruning.job.js';
import { FiguresRecorder } from './figures.recorder.js';
import { HubFiguresQuery } from './hub-figures.query.js';
import { InstanceHistoryQuery } from './instance-history.query.js';
import { InstanceRunsRecorder } from './instance-runs.recorder.js';
import { RefreshHistoryQuery } from './refresh-history.query.js';
import { RefreshTallyRecorder } from './refresh-tally.recorder.js';
import { StatisticsController } from './statistics.controller.js';

/** Global for its ports alone: features that show the figures of the hub ask `HubFigures`, and for past figures the histories. */
@Global()
@Module({
  controllers: [StatisticsController],
  providers: [
    HubFiguresQuery,
    { provide: HubFigures, useExisting: HubFiguresQuery },
    { provide: RefreshHistory, useClass: RefreshHistoryQuery },
    { provide: FigureHistory, useClass: FigureHistoryQuery },
    { provide: InstanceHistory, useClass: InstanceHistoryQuery },
    RefreshTallyRecorder,
    FiguresRecorder,
    InstanceRunsRecorder,
    FigurePruningJob,
    ConsentCountJob,
  ],
  exports: [HubFigures, RefreshHistory, FigureHistory, InstanceHistory],
})
export class StatisticsModule {}
