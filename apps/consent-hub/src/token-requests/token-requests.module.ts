import { Module } from '@nestjs/common';
import { TokenRequestSearch } from '@consent-hub/token-grant';
import { TokenRequestsController } from './token-requests.controller.js';
import { TokenRequestsService } from './token-requests.service.js';

@Module({
  controllers: [TokenRequestsController],
  providers: [TokenRequestsService, TokenRequestSearch],
})
export class TokenRequestsModule {}
