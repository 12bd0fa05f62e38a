import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentOpeningService } from './consent-opening.service.js';
import { ConsentUriController } from './consent-uri.controller.js';
import { IdempotencyExpiryJob } from './idempotency-expiry.job.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';
import { ConsentUriSettings } from './consent-uri.settings.js';

/** Opens consents. Needs the bank's client, the vault and the database from the app. */
@Module({})
export class ConsentUriModule {
  static register({ publicUrl, linkSeconds, bindBrowser }: ConsentUriSettings): DynamicModule {
    return {
      module: ConsentUriModule,
      imports: [ConsentModule],
      controllers: [ConsentUriController],
      providers: [
        ConsentOpeningService,
        IdempotentOpeningService,
        IdempotencyKeys,
        IdempotencyExpiryJob,
        {
          provide: ConsentUriSettings,
          useValue: new ConsentUriSettings(publicUrl, linkSeconds, bindBrowser),
        },
      ],
    };
  }
}
