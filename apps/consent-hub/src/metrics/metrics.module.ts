import { Module } from '@nestjs/common';
import { HubGauges } from './hub-gauges.js';
import { HubMetrics } from './hub-metrics.js';
import { MetricsController } from './metrics.controller.js';

/** Needs `HubFigures`, `ProblemTally`, and of the grants `GrantEvents` and `SpoolHealth`, of the bank `ClientCertificates`, from global modules of the app. */
@Module({ controllers: [MetricsController], providers: [HubGauges, HubMetrics] })
export class MetricsModule {}
