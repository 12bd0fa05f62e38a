import { Controller, Get, Header, Param } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import { AccountDetailsService } from './account-details.service.js';
import { AccountListService } from './account-list.service.js';
import { ACCOUNT_LIST_VERSIONS, type AccountListBody } from './account-list-versions.js';
import { ACCOUNT_VERSIONS, type AccountBody } from './account-versions.js';
import { TRANSACTION_VERSIONS, type TransactionsBody } from './transaction-versions.js';
import { TransactionsService } from './transactions.service.js';

@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly accounts: AccountListService,
    private readonly details: AccountDetailsService,
    private readonly transactions: TransactionsService,
  ) {}

  @Get()
  @MachineEndpoint({ identifiedBy: 'client_id', versions: ACCOUNT_LIST_VERSIONS })
  list(@Call() call: MachineCall): Promise<AccountListBody> {
    return this.accounts.list(call);
  }

  @Get(':logicalId')
  @MachineEndpoint({ identifiedBy: 'client_id', versions: ACCOUNT_VERSIONS })
  // Recorded from the bank, on this answer only.
  @Header('Access-Control-Allow-Origin', '*')
  find(@Call() call: MachineCall, @Param('logicalId') logicalId: string): Promise<AccountBody> {
    return this.details.find(call, logicalId);
  }

  @Get(':logicalId/transactions')
  @MachineEndpoint({ identifiedBy: 'client_id', versions: TRANSACTION_VERSIONS })
  listTransactions(
    @Call() call: MachineCall,
    @Param('logicalId') logicalId: string,
  ): Promise<TransactionsBody> {
    return this.transactions.list(call, logicalId);
  }
}
