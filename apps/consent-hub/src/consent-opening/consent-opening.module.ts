import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentOpeningService } from './consent-opening.service.js';
import { ConsentOpeningController } from './consent-opening.controller.js';
import { ConsentUriModule } from './consent-uri.module.js';
import { IdempotencyExpiryJob } from './idempotency-expiry.job.js';
import { IdempotencyKeyRepository } from './idempotency-key.repository.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';
import { ConsentOpeningSettings } from './consent-opening.settings.js';

/** Opens consents. Needs the bank's client, the vault and the database from the app. */
@Module({})
export class ConsentOpeningModule {
  static register({ publicUrl, linkSeconds, bindBrowser }: ConsentOpeningSettings): DynamicModule {
    return {
      module: ConsentOpeningModule,
      imports: [ConsentModule, ConsentUriModule],
      controllers: [ConsentOpeningController],
      providers: [
        ConsentOpeningService,
        IdempotentOpeningService,
        IdempotencyKeyRepository,
        IdempotencyExpiryJob,
        {
          provide: ConsentOpeningSettings,
          useValue: new ConsentOpeningSettings(publicUrl, linkSeconds, bindBrowser),
        },
      ],
    };
  }
}
