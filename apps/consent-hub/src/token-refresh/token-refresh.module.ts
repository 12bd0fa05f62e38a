import { Global, Module } from '@nestjs/common';
import { ConsentModule, PairRefresh, RefreshPauses, TokenUse } from '@consent-hub/consent';
import { RefreshCircuitBreakerRepository } from './refresh-circuit-breaker.repository.js';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';
import { RefreshJob } from './refresh.job.js';
import { RefreshPausesRepository } from './refresh-pauses.repository.js';
import { TokenRefreshController } from './token-refresh.controller.js';
import { TokenRefreshService } from './token-refresh.service.js';
import { TokenUseRecorder } from './token-use.recorder.js';

/**
 * Global for its ports alone: other modules get a fresh pair by `PairRefresh`, record by `TokenUse` that they handed one out, and pause
 * refreshes for a person by `RefreshPauses`.
 */
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
    { provide: RefreshPauses, useClass: RefreshPausesRepository },
    RefreshJob,
  ],
  exports: [PairRefresh, RefreshPauses, TokenUse],
})
export class TokenRefreshModule {}
