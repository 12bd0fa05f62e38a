import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentOpeningController } from './consent-opening.controller.js';
import { ConsentOpeningService } from './consent-opening.service.js';
import { ConsentUriModule } from './consent-uri.module.js';
import { IdempotencyExpiryJob } from './idempotency-expiry.job.js';
import { IdempotencyKeyRepository } from './idempotency-key.repository.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';

@Module({
  imports: [ConsentModule, ConsentUriModule],
  controllers: [ConsentOpeningController],
  providers: [
    ConsentOpeningService,
    IdempotentOpeningService,
    IdempotencyKeyRepository,
    IdempotencyExpiryJob,
  ],
})
export class ConsentOpeningModule {}
