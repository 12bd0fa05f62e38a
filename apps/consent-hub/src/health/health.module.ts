import { Logger, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';

/** Needs `SpoolHealth` of the grants and `ClientCertificates` of the bank from global modules of the app. */
@Module({ imports: [TerminusModule.forRoot({ logger: Logger })], controllers: [HealthController] })
export class HealthModule {}
