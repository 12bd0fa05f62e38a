import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import { FundsConfirmationService } from './funds-confirmation.service.js';
import { FUNDS_CONFIRMATION_VERSIONS, type FundsConfirmationBody } from './funds-confirmation-versions.js';

@Controller('funds-confirmations')
export class FundsConfirmationsController {
  constructor(private readonly funds: FundsConfirmationService) {}

  @Post()
  @MachineEndpoint({ identifiedBy: 'client_id', versions: FUNDS_CONFIRMATION_VERSIONS })
  @HttpCode(HttpStatus.OK)
  create(@Call() call: MachineCall): Promise<FundsConfirmationBody> {
    return this.funds.confirm(call);
  }
}
