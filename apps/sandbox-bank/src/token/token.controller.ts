import { Controller, Header, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Call, MachineCall } from '../machine-api/machine-call.js';
import { MachineEndpoint } from '../machine-api/machine-endpoint.decorator.js';
import { TokenService } from './token.service.js';
import { TOKEN_VERSIONS, type TokenBody } from './token-versions.js';

@Controller('token')
export class TokenController {
  constructor(private readonly token: TokenService) {}

  @Post()
  @MachineEndpoint({ identifiedBy: 'client_credentials', versions: TOKEN_VERSIONS })
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  create(@Call() call: MachineCall): Promise<TokenBody> {
    return this.token.issue(call);
  }
}
