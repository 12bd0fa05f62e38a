import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { AccountAccessService } from './account-access.service.js';
import { AccountDetailsService } from './account-details.service.js';
import { AccountListService } from './account-list.service.js';
import { AccountsController } from './accounts.controller.js';
import { ScaRequirementService } from './sca-requirement.service.js';
import { TransactionPagesService } from './transaction-pages.service.js';
import { TransactionsService } from './transactions.service.js';

@Module({
  imports: [ModelModule],
  controllers: [AccountsController],
  providers: [
    AccountAccessService,
    AccountDetailsService,
    AccountListService,
    ScaRequirementService,
    TransactionPagesService,
    TransactionsService,
  ],
})
export class AccountsModule {}
