import { Module, type DynamicModule } from '@nestjs/common';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientService } from './api-client.service.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { RequestLimits } from './request-limits.js';

/** For the app's database options. */
export const API_CLIENT_ENTITIES = [ApiClientEntity];

@Module({})
export class ApiClientModule {
  /** @param rateLimit requests a second of a client without a limit of its own; 0: any number */
  static register({ rateLimit }: { rateLimit: number }): DynamicModule {
    return {
      module: ApiClientModule,
      providers: [
        ApiClientService,
        ApiKeyGuard,
        { provide: RequestLimits, useValue: new RequestLimits(rateLimit, () => performance.now()) },
      ],
      exports: [ApiKeyGuard],
    };
  }
}
