import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule, PairRefresh, TokenUse } from '@consent-hub/consent';
import { RefreshCircuitBreakerRepository } from './refresh-circuit-breaker.repository.js';
import { RefreshCircuitBreaker } from './refresh-circuit-breaker.service.js';
import { RefreshJob } from './refresh.job.js';
import { TokenRefreshController } from './token-refresh.controller.js';
import { TokenRefreshService } from './token-refresh.service.js';
import { TokenRefreshSettings } from './token-refresh.settings.js';
import { TokenUseRecorder } from './token-use.recorder.js';

/** Global for its ports alone: whoever needs a fresh pair asks `PairRefresh`, whoever hands one out tells `TokenUse`. Needs `ScheduleModule` from the app. */
@Module({})
export class TokenRefreshModule {
  static register(settings: TokenRefreshSettings): DynamicModule {
    return {
      module: TokenRefreshModule,
      global: true,
      imports: [ConsentModule],
      controllers: [TokenRefreshController],
      providers: [
        { provide: TokenRefreshSettings, useValue: settings },
        TokenRefreshService,
        { provide: PairRefresh, useExisting: TokenRefreshService },
        TokenUseRecorder,
        { provide: TokenUse, useExisting: TokenUseRecorder },
        RefreshCircuitBreakerRepository,
        RefreshCircuitBreaker,
        RefreshJob,
      ],
      exports: [PairRefresh, TokenUse],
    };
  }
}
