import { Module } from '@nestjs/common';
import { ApiClientSettings } from '../config/api-client.settings.js';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientService } from './api-client.service.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { KeyUseRecorder } from './key-use.recorder.js';
import { RequestRateLimiter } from './request-rate.limiter.js';

/** For the app's database options. */
export const API_CLIENT_ENTITIES = [ApiClientEntity, ApiClientKeyEntity];

@Module({
  providers: [
    ApiClientService,
    ApiKeyGuard,
    KeyUseRecorder,
    {
      provide: RequestRateLimiter,
      useFactory: ({ HUB_RATE_LIMIT }: ApiClientSettings) =>
        new RequestRateLimiter(HUB_RATE_LIMIT, () => performance.now()),
      inject: [ApiClientSettings],
    },
  ],
  exports: [ApiKeyGuard],
})
export class ApiClientModule {}
