import { Controller, Header, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Call, MachineCall } from '../machine-api/machine-call.js';
import { MachineEndpoint } from '../machine-api/machine-endpoint.decorator.js';
import { TokenService } from './token.service.js';
import type { TokenBody } from './token-versions.js';

@Controller('token')
export class TokenController {
  constructor(private readonly token: TokenService) {}

  @Post()
  @MachineEndpoint('client_credentials')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  create(@Call() call: MachineCall): Promise<TokenBody> {
    return this.token.issue(call);
  }
}
