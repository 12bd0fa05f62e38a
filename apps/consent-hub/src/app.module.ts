import { BankClient, BankClientModule, ClientCertificates } from '@consent-hub/bank-client';
import {
  createValidationPipe,
  databaseOptions,
  JointLookups,
  LookupPool,
  openOwnDatabase,
  poolOf,
  ProblemTally,
  ProblemWriter,
} from '@consent-hub/platform';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { TOKEN_GRANT_ENTITIES, TokenGrantModule, TokenGrantSettings } from '@consent-hub/token-grant';
import { TokenVault } from '@consent-hub/token-vault';
import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { AccessTokenModule } from './access-token/access-token.module.js';
import { API_CLIENT_ENTITIES, ApiClientModule } from './api-client/api-client.module.js';
import { ApiKeyGuard } from './api-client/api-key.guard.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { AuthorizationCallbackModule } from './authorization-callback/authorization-callback.module.js';
import type { HubSettings } from './config/hub-settings.js';
import { ConsentExpiryModule } from './consent-expiry/consent-expiry.module.js';
import { ConsentQueryModule } from './consent-query/consent-query.module.js';
import { ConsentRevocationModule } from './consent-revocation/consent-revocation.module.js';
import { ConsentOpeningModule } from './consent-opening/consent-opening.module.js';
import { FrontPageModule } from './front-page/front-page.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PisTokenModule } from './pis-token/pis-token.module.js';
import { ProblemFilter } from './problem-details/problem.filter.js';
import { TokenExchangeModule } from './token-exchange/token-exchange.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { TokenRefreshModule } from './token-refresh/token-refresh.module.js';
import { TokenRefreshSettings } from './token-refresh/token-refresh.settings.js';

type Imports = NonNullable<ModuleMetadata['imports']>;

/** The capabilities, each told what it needs of the settings. They meet in libs and do not know each other. */
const capabilities = (settings: HubSettings, grants: TokenGrantSettings): Imports => [
  ApiClientModule.register({ rateLimit: settings.rateLimit }),
  HealthModule,
  FrontPageModule,
  ConsentOpeningModule.register({
    publicUrl: settings.publicUrl,
    linkSeconds: settings.consentLinkSeconds,
    bindBrowser: settings.bindBrowser,
  }),
  AuthorizationCallbackModule.register({
    validityDays: settings.consentValidityDays,
    publicUrl: settings.publicUrl,
  }),
  TokenExchangeModule,
  AccountsModule,
  PisTokenModule.register({ validityDays: settings.consentValidityDays }),
  TokenRefreshModule.register(refreshSettings(settings, grants)),
  AccessTokenModule,
  ConsentQueryModule,
  ConsentRevocationModule,
  ConsentExpiryModule,
  StatisticsModule,
  MetricsModule,
];

const ENTITIES = [...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES];

/** The hub: its capabilities, what they share, and what holds for every request. */
@Module({})
export class AppModule {
  /** @param bankClient in tests: in the place of the bank */
  static register(settings: HubSettings, bankClient?: BankClient): DynamicModule {
    const grants = grantSettings(settings);
    return {
      module: AppModule,
      imports: [
        database(settings),
        lookups(settings),
        vault(settings),
        bank(settings, bankClient),
        TokenGrantModule.register(grants),
        problems(settings),
        ScheduleModule.forRoot(),
        ...capabilities(settings, grants),
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}

/**
 * The schema is checked before any module touches a table. A database that is away fails the boot at once: whoever runs
 * the hub restarts it, and says so better than a process that seems to start.
 */
const database = ({ databaseUrl, databasePooler: pooler }: HubSettings): DynamicModule =>
  TypeOrmModule.forRootAsync({
    useFactory: () => ({
      ...databaseOptions(databaseUrl.reveal(), 'consent-hub', ENTITIES, { pooler }),
      toRetry: () => false,
    }),
    dataSourceFactory: (options) => {
      if (!options) throw new Error('the options come from useFactory');
      return openOwnDatabase(
        options,
        MIGRATIONS.map(({ name }) => name),
      );
    },
  });

@Module({})
class LookupModule {}

const lookups = ({ databaseUrl, databasePooler }: HubSettings): DynamicModule => ({
  module: LookupModule,
  global: true,
  providers: [
    {
      provide: LookupPool,
      useFactory: (dataSource: DataSource) => {
        const pool = new LookupPool(databaseUrl.reveal(), 'consent-hub', databasePooler);
        // Where the hub writes it must look up too, not at the server of before.
        poolOf(dataSource).onOtherServer(() => pool.renew());
        return pool;
      },
      inject: [DataSource],
    },
    { provide: JointLookups, useFactory: (pool: LookupPool) => new JointLookups(pool), inject: [LookupPool] },
  ],
  exports: [LookupPool, JointLookups],
});

/** How a process with these settings takes part in the journal. */
export const grantSettings = ({
  instance,
  bank: { tokenTimeoutMs },
  ...settings
}: HubSettings): TokenGrantSettings =>
  new TokenGrantSettings({
    owner: instance,
    tokenTimeoutMs,
    spoolDir: settings.spoolDir,
    spoolRetentionMinutes: settings.spoolRetentionMinutes,
    journalRetentionDays: settings.journalRetentionDays,
    refreshAheadSeconds: settings.refresh.aheadSeconds,
    refreshIdleHours: settings.refresh.idleHours,
    refreshKeepaliveHours: settings.refresh.keepaliveHours,
  });

const refreshSettings = (
  { refresh: { sweepSeconds, concurrency, circuitBreaker } }: HubSettings,
  grants: TokenGrantSettings,
): TokenRefreshSettings =>
  new TokenRefreshSettings({
    sweepSeconds,
    concurrency,
    schedule: grants.schedule,
    circuitBreaker: {
      // Another hub may turn out to have the name of this one.
      get instance() {
        return grants.instance;
      },
      failures: circuitBreaker.failures,
      window: circuitBreaker.window,
      canaryMs: circuitBreaker.canarySeconds * 1000,
      permitMs: grants.leaseSeconds * 1000,
    },
  });

@Module({})
class ProblemsModule {}

/** How the filter writes what it answers, and where it counts it for metrics. */
const problems = ({ publicUrl }: HubSettings): DynamicModule => ({
  module: ProblemsModule,
  global: true,
  providers: [ProblemTally, { provide: ProblemWriter, useValue: new ProblemWriter(publicUrl) }],
  exports: [ProblemTally, ProblemWriter],
});

@Module({})
class VaultModule {}

const vault = ({ keyRing }: HubSettings): DynamicModule => ({
  module: VaultModule,
  global: true,
  providers: [{ provide: TokenVault, useValue: new TokenVault(keyRing) }],
  exports: [TokenVault],
});

@Module({})
class BankDoubleModule {}

const bank = (settings: HubSettings, double?: BankClient): DynamicModule => ({
  ...(double
    ? {
        module: BankDoubleModule,
        // A double shows no certificate.
        providers: [
          { provide: BankClient, useValue: double },
          { provide: ClientCertificates, useValue: new ClientCertificates(new Map()) },
        ],
        exports: [BankClient, ClientCertificates],
      }
    : BankClientModule.register(settings.bank)),
  global: true,
});
