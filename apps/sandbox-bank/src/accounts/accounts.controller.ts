import { Controller, Get } from '@nestjs/common';
import { Call, MachineCall } from '../machine-api/machine-call.js';
import { MachineEndpoint } from '../machine-api/machine-endpoint.decorator.js';
import { ACCOUNT_LIST_VERSIONS, type AccountBody } from './account-list-versions.js';
import { AccountsService } from './accounts.service.js';

@Controller('accounts')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @MachineEndpoint({ identifiedBy: 'client_id', versions: ACCOUNT_LIST_VERSIONS })
  list(@Call() call: MachineCall): Promise<AccountBody[]> {
    return this.accounts.list(call);
  }
}
