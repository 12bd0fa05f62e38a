import { Module, type DynamicModule } from '@nestjs/common';
import { BankCallEvents } from './bank-call-events.js';
import { BankClient } from './bank-client.js';
import { ClientCertificates } from './client-certificates.js';
import { ClientCertificatesJob } from './client-certificates.job.js';
import { HttpBankClient } from './http-bank-client.js';
import type { BankClientSettings } from './settings.js';

/** Provides `BankClient`, `BankCallEvents` and `ClientCertificates`; closes its connections when the application shuts down. */
@Module({})
export class BankClientModule {
  static register(settings: BankClientSettings): DynamicModule {
    return {
      module: BankClientModule,
      providers: [
        BankCallEvents,
        ClientCertificatesJob,
        { provide: ClientCertificates, useFactory: () => ClientCertificates.read(settings) },
        {
          provide: BankClient,
          useFactory: (certificates: ClientCertificates, calls: BankCallEvents) =>
            new HttpBankClient(settings, certificates, calls),
          inject: [ClientCertificates, BankCallEvents],
        },
      ],
      exports: [BankClient, BankCallEvents, ClientCertificates],
    };
  }
}
