import { Module, type DynamicModule } from '@nestjs/common';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientService } from './api-client.service.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { KeyUseRecorder } from './key-use.recorder.js';
import { RequestRateLimiter } from './request-rate.limiter.js';

/** For the app's database options. */
export const API_CLIENT_ENTITIES = [ApiClientEntity, ApiClientKeyEntity];

/** Needs `ScheduleModule` from the app. */
@Module({})
export class ApiClientModule {
  /** @param rateLimit requests a second of a client without a limit of its own; 0: any number */
  static register({ rateLimit }: { rateLimit: number }): DynamicModule {
    return {
      module: ApiClientModule,
      providers: [
        ApiClientService,
        ApiKeyGuard,
        KeyUseRecorder,
        { provide: RequestRateLimiter, useValue: new RequestRateLimiter(rateLimit, () => performance.now()) },
      ],
      exports: [ApiKeyGuard],
    };
  }
}
