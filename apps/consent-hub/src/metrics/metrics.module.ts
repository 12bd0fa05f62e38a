import { Module } from '@nestjs/common';
import { HubGaugesService } from './hub-gauges.service.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { MetricsController } from './metrics.controller.js';

/** Needs the port `HubFigures`. */
@Module({ controllers: [MetricsController], providers: [HubGaugesService, HubMetricsService] })
export class MetricsModule {}
