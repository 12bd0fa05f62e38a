import { ConsentModule, RequestFigures } from '@consent-hub/consent';
import { Global, Module } from '@nestjs/common';
import { GaugeSources } from './gauge-sources.service.js';
import { HubCountersService } from './hub-counters.service.js';
import { HubGaugesService } from './hub-gauges.service.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsServer } from './metrics.server.js';
import { RequestDurationsHook } from './request-durations.hook.js';
import { RequestFiguresService } from './request-figures.service.js';

/** Needs the port `HubFigures`. Global for its port alone: the console asks `RequestFigures`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [MetricsController],
  providers: [
    GaugeSources,
    HubCountersService,
    HubGaugesService,
    HubMetricsService,
    MetricsServer,
    RequestDurationsHook,
    { provide: RequestFigures, useClass: RequestFiguresService },
  ],
  exports: [RequestFigures],
})
export class MetricsModule {}
