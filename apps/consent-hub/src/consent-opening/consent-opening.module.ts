import { Global, Module } from '@nestjs/common';
import { ConsentModule, ConsentOpening, ConsentRenewal } from '@consent-hub/consent';
import { AdminOpeningService } from './admin-opening.service.js';
import { ConsentOpeningController } from './consent-opening.controller.js';
import { ConsentOpeningService } from './consent-opening.service.js';
import { ConsentRenewalService } from './consent-renewal.service.js';
import { ConsentUriModule } from './consent-uri.module.js';
import { IdempotencyExpiryJob } from './idempotency-expiry.job.js';
import { IdempotencyKeyRepository } from './idempotency-key.repository.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';

/** Global for its ports alone: the person's pages renew a consent by `ConsentRenewal`, the console opens one by `ConsentOpening`. */
@Global()
@Module({
  imports: [ConsentModule, ConsentUriModule],
  controllers: [ConsentOpeningController],
  providers: [
    ConsentOpeningService,
    { provide: ConsentRenewal, useClass: ConsentRenewalService },
    { provide: ConsentOpening, useClass: AdminOpeningService },
    IdempotentOpeningService,
    IdempotencyKeyRepository,
    IdempotencyExpiryJob,
  ],
  exports: [ConsentRenewal, ConsentOpening],
})
export class ConsentOpeningModule {}
