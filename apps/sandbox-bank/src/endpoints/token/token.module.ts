import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';
import { TokenController } from './token.controller.js';
import { TokenService } from './token.service.js';

@Module({
  imports: [ModelModule],
  controllers: [TokenController],
  providers: [AuthorizationCodeGrant, RefreshTokenGrant, TokenService],
})
export class TokenModule {}
