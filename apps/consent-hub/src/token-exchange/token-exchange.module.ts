import { Global, Module } from '@nestjs/common';
import { CodeExchange } from '@consent-hub/consent';
import { ExchangeRecoveryJob } from './exchange-recovery.job.js';
import { TokenExchangeService } from './token-exchange.service.js';

/** Global for its port alone: the callback hands an authorized consent to `CodeExchange`. */
@Global()
@Module({
  providers: [
    ExchangeRecoveryJob,
    TokenExchangeService,
    { provide: CodeExchange, useExisting: TokenExchangeService },
  ],
  exports: [CodeExchange],
})
export class TokenExchangeModule {}
