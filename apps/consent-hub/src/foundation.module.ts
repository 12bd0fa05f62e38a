import { BankCallEvents, BankClient, BankClientModule, ClientCertificates } from '@consent-hub/bank-client';
import { CONSENT_ENTITIES, CONSENT_SEALED_COLUMNS, TokenReadTally } from '@consent-hub/consent';
import {
  databaseOptions,
  JointLookups,
  LookupPool,
  openOwnDatabase,
  PageBrand,
  poolOf,
  ProblemTally,
  ProblemWriter,
} from '@consent-hub/platform';
import {
  TOKEN_GRANT_ENTITIES,
  TOKEN_REQUEST_SEALED_COLUMN,
  TokenGrantModule,
  TokenGrantSettings,
} from '@consent-hub/token-grant';
import { TokenVault, VaultKeyRepository, VaultKeys } from '@consent-hub/token-vault';
import { Logger, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientSettings } from './config/api-client.settings.js';
import { ConsentSettings } from './config/consent.settings.js';
import { TimelineSettings } from './config/timeline.settings.js';
import { ConsoleSettings } from './config/console.settings.js';
import { HttpSettings } from './config/http.settings.js';
import { openPageBrand } from './config/open-page-brand.js';
import { MetricsSettings } from './config/metrics.settings.js';
import type { HubSettings } from './config/hub-settings.js';
import { openVaultKeys } from './config/open-vault-keys.js';
import { RefreshSettings } from './config/refresh.settings.js';
import { VaultSettings } from './config/vault.settings.js';
import { WebhooksSettings } from './config/webhooks.settings.js';
import { IDEMPOTENCY_SEALED_COLUMN } from './consent-opening/sealed-columns.js';
import { SealedStores } from './vault-keys/sealed-stores.js';
import { WEBHOOK_SEALED_COLUMNS } from './webhooks/sealed-columns.js';

/** In the order in which values are sealed anew. */
const SEALED_COLUMNS = [
  ...CONSENT_SEALED_COLUMNS,
  TOKEN_REQUEST_SEALED_COLUMN,
  IDEMPOTENCY_SEALED_COLUMN,
  ...WEBHOOK_SEALED_COLUMNS,
];
const ENTITIES = [...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES];

/** What every feature may ask for: settings, database and look-ups, vault, bank, grants and their events, problem details, schedule. */
@Module({})
export class FoundationModule {
  /** @param bankClient in tests: in the place of the bank */
  static register(settings: HubSettings, bankClient?: BankClient): DynamicModule {
    const providers = [
      { provide: HttpSettings, useValue: settings.http },
      { provide: MetricsSettings, useValue: settings.metrics },
      { provide: ApiClientSettings, useValue: settings.apiClients },
      { provide: ConsentSettings, useValue: settings.consents },
      { provide: TimelineSettings, useValue: settings.timelines },
      { provide: RefreshSettings, useValue: settings.refresh },
      { provide: ConsoleSettings, useValue: settings.console },
      { provide: TokenGrantSettings, useValue: settings.grants },
      { provide: VaultSettings, useValue: settings.vault },
      { provide: PageBrand, useValue: openPageBrand(settings.tppBrand, settings.http.publicPath) },
      { provide: WebhooksSettings, useValue: settings.webhooks },
      ...vault(settings),
      { provide: ProblemWriter, useValue: new ProblemWriter(settings.http.publicUrl) },
      ProblemTally,
      TokenReadTally,
      ...lookups(settings),
    ];
    return {
      module: FoundationModule,
      global: true,
      imports: [
        database(settings),
        bank(settings, bankClient),
        TokenGrantModule.register(settings.grants),
        ScheduleModule.forRoot(),
      ],
      providers,
      exports: providers,
    };
  }
}

/**
 * The schema is checked before any module touches a table. A database that is away fails the boot at once: the supervisor of
 * the hub restarts it, and reports it better than a process that seems to start.
 */
const database = ({ database: { DATABASE_URL, DATABASE_POOLER: pooler } }: HubSettings): DynamicModule =>
  TypeOrmModule.forRootAsync({
    useFactory: () => ({
      ...databaseOptions(DATABASE_URL.reveal(), 'consent-hub', ENTITIES, { pooler }),
      toRetry: () => false,
    }),
    dataSourceFactory: (options) => {
      if (!options) throw new Error('the options come from useFactory');
      return openOwnDatabase(options, HUB_SCHEMA, (migrations) =>
        new Logger('DatabaseSchema').log({ msg: 'schema is newer than this version', migrations }),
      );
    },
  });

/** The data keys are there before anything that seals or opens. */
const vault = (settings: HubSettings): Provider[] => [
  {
    provide: VaultKeys,
    useFactory: (dataSource: DataSource) => openVaultKeys(settings.vault, dataSource),
    inject: [DataSource],
  },
  { provide: TokenVault, useFactory: (keys: VaultKeys) => keys.vault, inject: [VaultKeys] },
  {
    provide: VaultKeyRepository,
    useFactory: (dataSource: DataSource) => new VaultKeyRepository(dataSource),
    inject: [DataSource],
  },
  {
    provide: SealedStores,
    useFactory: (dataSource: DataSource) => new SealedStores(dataSource, SEALED_COLUMNS),
    inject: [DataSource],
  },
];

const lookups = ({ database: { DATABASE_URL, DATABASE_POOLER } }: HubSettings): Provider[] => [
  {
    provide: LookupPool,
    useFactory: (dataSource: DataSource) => {
      const pool = new LookupPool(DATABASE_URL.reveal(), 'consent-hub', DATABASE_POOLER);
      // Look-ups must go to the server that the hub writes to, not to the earlier one.
      poolOf(dataSource).onOtherServer(() => pool.renew());
      return pool;
    },
    inject: [DataSource],
  },
  { provide: JointLookups, useFactory: (pool: LookupPool) => new JointLookups(pool), inject: [LookupPool] },
];

@Module({})
class BankDoubleModule {}

const bank = (settings: HubSettings, double?: BankClient): DynamicModule => ({
  ...(double
    ? {
        module: BankDoubleModule,
        // A double has no certificate, and reports no call.
        providers: [
          BankCallEvents,
          { provide: BankClient, useValue: double },
          { provide: ClientCertificates, useValue: new ClientCertificates(new Map()) },
        ],
        exports: [BankClient, BankCallEvents, ClientCertificates],
      }
    : BankClientModule.register(settings.bank)),
  global: true,
});
