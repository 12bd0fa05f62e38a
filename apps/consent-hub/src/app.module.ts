import type { BankClient } from '@consent-hub/bank-client';
import { createValidationPipe } from '@consent-hub/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessTokenModule } from './access-token/access-token.module.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiClientModule } from './api-client/api-client.module.js';
import { ApiKeyGuard } from './api-client/api-key.guard.js';
import { AuthorizationCallbackModule } from './authorization-callback/authorization-callback.module.js';
import { CertificatesModule } from './certificates/certificates.module.js';
import type { HubSettings } from './config/hub-settings.js';
import { ConsentExpiryModule } from './consent-expiry/consent-expiry.module.js';
import { ConsentOpeningModule } from './consent-opening/consent-opening.module.js';
import { ConsoleModule } from './console/console.module.js';
import { ConsentQueryModule } from './consent-query/consent-query.module.js';
import { ConsentRevocationModule } from './consent-revocation/consent-revocation.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { EventsModule } from './events/events.module.js';
import { FoundationModule } from './foundation.module.js';
import { FrontPageModule } from './front-page/front-page.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PisTokenModule } from './pis-token/pis-token.module.js';
import { ProblemFilter } from './problem-details/problem.filter.js';
import { PsuPagesModule } from './psu-pages/psu-pages.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { TimelineModule } from './timeline/timeline.module.js';
import { TokenExchangeModule } from './token-exchange/token-exchange.module.js';
import { TokenRefreshModule } from './token-refresh/token-refresh.module.js';
import { TokenRequestsModule } from './token-requests/token-requests.module.js';
import { VaultKeysModule } from './vault-keys/vault-keys.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** They meet in libs and do not know each other. */
const FEATURES = [
  ApiClientModule,
  HealthModule,
  FrontPageModule,
  ConsentOpeningModule,
  AuthorizationCallbackModule,
  TokenExchangeModule,
  AccountsModule,
  PisTokenModule,
  TokenRefreshModule,
  AccessTokenModule,
  ConsentQueryModule,
  ConsentRevocationModule,
  ConsentExpiryModule,
  PsuPagesModule,
  ErasureModule,
  EventsModule,
  TimelineModule,
  TokenRequestsModule,
  VaultKeysModule,
  WebhooksModule,
  StatisticsModule,
  CertificatesModule,
  MetricsModule,
];

/** The hub: its foundation, its features, and what holds for every request. */
@Module({})
export class AppModule {
  /** @param bankClient in tests: in the place of the bank */
  static register(settings: HubSettings, bankClient?: BankClient): DynamicModule {
    return {
      module: AppModule,
      imports: [
        FoundationModule.register(settings, bankClient),
        ...FEATURES,
        ...(settings.console.HUB_CONSOLE === 'on' ? [ConsoleModule] : []),
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}
