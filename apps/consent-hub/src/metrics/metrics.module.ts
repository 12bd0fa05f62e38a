import { ConsentModule } from '@consent-hub/consent';
import { Module } from '@nestjs/common';
import { GaugeSources } from './gauge-sources.service.js';
import { HubCountersService } from './hub-counters.service.js';
import { HubGaugesService } from './hub-gauges.service.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsServer } from './metrics.server.js';
import { RequestDurationsHook } from './request-durations.hook.js';

/** Needs the port `HubFigures`. */
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
  ],
})
export class MetricsModule {}
