import { Controller, Get, Header, Param } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import {
  ACCOUNT_LIST_VERSIONS,
  ACCOUNT_VERSIONS,
  type AccountBody,
  type AccountListBody,
} from './account-versions.js';
import { AccountsService } from './accounts.service.js';
import { TRANSACTION_VERSIONS, type TransactionsBody } from './transaction-versions.js';
import { TransactionsService } from './transactions.service.js';

@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
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
    return this.accounts.find(call, logicalId);
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
