import { ApiClientAdministration, ApiClientNames, KeyPermissions } from '@consent-hub/consent';
import { Global, Module } from '@nestjs/common';
import { ApiClientSettings } from '../config/api-client.settings.js';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientKeyEntity } from './api-client-key.entity.js';
import { ApiClientNamesQuery } from './api-client-names.query.js';
import { ApiClientAdministrationService } from './api-client-administration.service.js';
import { ApiClientService } from './api-client.service.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { KeyPermissionsQuery } from './key-permissions.query.js';
import { KeyUseRecorder } from './key-use.recorder.js';
import { RequestRateLimiter } from './request-rate.limiter.js';

/** For the app's database options. */
export const API_CLIENT_ENTITIES = [ApiClientEntity, ApiClientKeyEntity];

/** Global for its ports alone: who shows clients by name asks `ApiClientNames`, whose answers take long `KeyPermissions`, the console
 * `ApiClientAdministration`. */
@Global()
@Module({
  providers: [
    ApiClientService,
    ApiKeyGuard,
    KeyUseRecorder,
    { provide: ApiClientNames, useClass: ApiClientNamesQuery },
    { provide: ApiClientAdministration, useClass: ApiClientAdministrationService },
    { provide: KeyPermissions, useClass: KeyPermissionsQuery },
    {
      provide: RequestRateLimiter,
      useFactory: ({ HUB_RATE_LIMIT }: ApiClientSettings) =>
        new RequestRateLimiter(HUB_RATE_LIMIT, () => performance.now()),
      inject: [ApiClientSettings],
    },
  ],
  exports: [ApiKeyGuard, ApiClientAdministration, ApiClientNames, KeyPermissions],
})
export class ApiClientModule {}
