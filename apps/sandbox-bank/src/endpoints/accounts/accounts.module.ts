import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { AccountAccess } from './account-access.js';
import { AccountDetailsService } from './account-details.service.js';
import { AccountListService } from './account-list.service.js';
import { AccountsController } from './accounts.controller.js';
import { ScaRequirement } from './sca-requirement.js';
import { TransactionPages } from './transaction-pages.js';
import { TransactionsService } from './transactions.service.js';

@Module({
  imports: [ModelModule],
  controllers: [AccountsController],
  providers: [
    AccountAccess,
    AccountDetailsService,
    AccountListService,
    ScaRequirement,
    TransactionPages,
    TransactionsService,
  ],
})
export class AccountsModule {}
