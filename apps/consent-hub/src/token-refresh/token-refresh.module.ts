import { Global, Module } from '@nestjs/common';
import { ConsentModule, PairRefresh } from '@consent-hub/consent';
import { TokenRefreshController } from './token-refresh.controller.js';
import { TokenRefreshService } from './token-refresh.service.js';

/** Global for its port alone: whoever needs a fresh pair asks `PairRefresh`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [TokenRefreshController],
  providers: [TokenRefreshService, { provide: PairRefresh, useExisting: TokenRefreshService }],
  exports: [PairRefresh],
})
export class TokenRefreshModule {}
