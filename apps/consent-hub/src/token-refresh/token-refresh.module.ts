import { Global, Module } from '@nestjs/common';
import { ConsentModule, PairRefresh, TokenUse } from '@consent-hub/consent';
import { RefreshCircuitBreakerRepository } from './refresh-circuit-breaker.repository.js';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';
import { RefreshJob } from './refresh.job.js';
import { TokenRefreshController } from './token-refresh.controller.js';
import { TokenRefreshService } from './token-refresh.service.js';
import { TokenUseRecorder } from './token-use.recorder.js';

/** Global for its ports alone: whoever needs a fresh pair asks `PairRefresh`, whoever hands one out tells `TokenUse`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [TokenRefreshController],
  providers: [
    TokenRefreshService,
    { provide: PairRefresh, useExisting: TokenRefreshService },
    TokenUseRecorder,
    { provide: TokenUse, useExisting: TokenUseRecorder },
    RefreshCircuitBreakerRepository,
    RefreshCircuitBreaker,
    RefreshJob,
  ],
  exports: [PairRefresh, TokenUse],
})
export class TokenRefreshModule {}
