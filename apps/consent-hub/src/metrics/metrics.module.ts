import { Module } from '@nestjs/common';
import { HubGaugesService } from './hub-gauges.service.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { MetricsController } from './metrics.controller.js';

/** Needs `HubFigures`, `ProblemTally`, and of the grants `GrantEvents` and `SpoolHealth`, of the bank `ClientCertificates`, from global modules of the app. */
@Module({ controllers: [MetricsController], providers: [HubGaugesService, HubMetricsService] })
export class MetricsModule {}
