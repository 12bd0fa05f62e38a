import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { createValidationPipe } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { AuthorizeModule } from './authorize/authorize.module.js';
import { ControlModule } from './control/control.module.js';
import { EndpointsModule } from './endpoints/endpoints.module.js';
import { FailureFilter } from './failure.filter.js';
import { AnswerDelayService } from './machine-api/answer-delay.service.js';
import { BankSettings } from './model/settings/bank.settings.js';

@Module({})
class FoundationModule {}

/** The providers that every module uses, once in a process. */
const foundation = (dataSource: DataSource, settings: BankSettings): DynamicModule => ({
  module: FoundationModule,
  global: true,
  providers: [
    { provide: DataSource, useValue: dataSource },
    { provide: BankSettings, useValue: settings },
    AnswerDelayService,
  ],
  exports: [DataSource, BankSettings, AnswerDelayService],
});

/** The sandbox bank: its modules, and the filter and pipe of every request. */
@Module({})
export class AppModule {
  /** @param dataSource open, with the schema of this program; the caller that opened it closes it */
  static register(dataSource: DataSource, settings: BankSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [foundation(dataSource, settings), AuthorizeModule, ControlModule, EndpointsModule],
      providers: [
        { provide: APP_FILTER, useClass: FailureFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}
