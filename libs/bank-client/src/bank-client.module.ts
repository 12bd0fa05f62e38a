import { Module, type DynamicModule } from '@nestjs/common';
import { BankClient } from './bank-client.js';
import { HttpBankClient } from './http-bank-client.js';
import type { BankClientSettings } from './settings.js';

/** Provides `BankClient`; closes its connections when the application shuts down. */
@Module({})
export class BankClientModule {
  static register(settings: BankClientSettings): DynamicModule {
    return {
      module: BankClientModule,
      providers: [{ provide: BankClient, useFactory: () => new HttpBankClient(settings) }],
      exports: [BankClient],
    };
  }
}
