import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import { TokenService } from './token.service.js';
import { TOKEN_VERSIONS, type TokenBody } from './token-versions.js';

@Controller('token')
export class TokenController {
  constructor(private readonly token: TokenService) {}

  @Post()
  @MachineEndpoint({ identifiedBy: 'client_credentials', versions: TOKEN_VERSIONS, isNeverStored: true })
  @HttpCode(HttpStatus.OK)
  create(@Call() call: MachineCall): Promise<TokenBody> {
    return this.token.issue(call);
  }
}
