import { Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { CodeExchange, CONSENT_ENTITIES } from '@consent-hub/consent';
import {
  createLogger,
  createValidationPipe,
  NestLogger,
  PageBrand,
  readEnvironment,
  type Caller,
} from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { AuthorizationCallbackModule } from '../src/authorization-callback/authorization-callback.module.js';
import { ConsentSettings } from '../src/config/consent.settings.js';
import { HttpSettings } from '../src/config/http.settings.js';

/** The callback on a database of its own. The exchange of codes does nothing unless a test says otherwise. */
export class CallbackHarness {
  private app: NestFastifyApplication | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly given: GivenConsents,
    readonly caller: Caller,
    readonly module: TestingModule,
  ) {}

  static async build(exchange: CodeExchange['exchange'] = () => Promise.resolve()): Promise<CallbackHarness> {
    const database = await createTestDatabase();
    const dataSource = await database.open(CONSENT_ENTITIES);
    const given = new GivenConsents(dataSource);
    const providers = [
      { provide: DataSource, useValue: dataSource },
      {
        provide: HttpSettings,
        useValue: readEnvironment(HttpSettings, { HUB_PUBLIC_URL: 'https://hub.example' }),
      },
      { provide: PageBrand, useValue: new PageBrand() },
      { provide: ConsentSettings, useValue: new ConsentSettings() },
      { provide: TokenVault, useValue: given.vault },
      { provide: CodeExchange, useValue: { exchange } },
    ];
    @Global()
    @Module({ providers, exports: providers })
    class World {}
    const module = await Test.createTestingModule({ imports: [World, AuthorizationCallbackModule] })
      .setLogger(new NestLogger(createLogger('test', 'silent')))
      .compile();
    return new CallbackHarness(database, dataSource, given, await given.caller(), module);
  }

  /** The routes of the callback, ready for `inject`. */
  async serve(): Promise<NestFastifyApplication> {
    this.app = this.module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    this.app.useGlobalPipes(createValidationPipe());
    await this.app.init();
    return this.app;
  }

  async close(): Promise<void> {
    await (this.app ?? this.module).close();
    await this.database.drop();
  }
}
