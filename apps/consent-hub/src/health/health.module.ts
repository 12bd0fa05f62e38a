import { ConsentModule } from '@consent-hub/consent';
import { Logger, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthWarningsService } from './health-warnings.service.js';

@Module({
  imports: [ConsentModule, TerminusModule.forRoot({ logger: Logger })],
  controllers: [HealthController],
  providers: [HealthWarningsService],
})
export class HealthModule {}
