import { Controller, Get } from '@nestjs/common';
import { Call, MachineCall } from '../machine-api/machine-call.js';
import { MachineEndpoint } from '../machine-api/machine-endpoint.decorator.js';
import type { AccountBody } from './account-list-versions.js';
import { AccountsService } from './accounts.service.js';

@Controller('accounts')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @MachineEndpoint('client_id')
  list(@Call() call: MachineCall): Promise<AccountBody[]> {
    return this.accounts.list(call);
  }
}
