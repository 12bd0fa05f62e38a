import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AccessTokenQuery } from './access-token.query.js';
import { AccessTokenService } from './access-token.service.js';
import { ConsentAccessTokenController } from './consent-access-token.controller.js';
import { EarlyReadHook } from './early-read.hook.js';
import { PersonAccessTokenController } from './person-access-token.controller.js';
import { ScaAuthorizationController } from './sca-authorization.controller.js';
import { ScaAuthorizationService } from './sca-authorization.service.js';
import { ScaTokenController } from './sca-token.controller.js';
import { ScaTokenService } from './sca-token.service.js';
import { ScopeRefusalService } from './scope-refusal.service.js';
import { TokenHandOut } from './token-hand-out.service.js';

/** Hands out access tokens and SCA tokens. Needs the ports `PairRefresh` and `TokenUse`. */
@Module({
  imports: [ConsentModule],
  controllers: [
    ConsentAccessTokenController,
    PersonAccessTokenController,
    ScaAuthorizationController,
    ScaTokenController,
  ],
  providers: [
    AccessTokenQuery,
    AccessTokenService,
    EarlyReadHook,
    ScaAuthorizationService,
    ScaTokenService,
    ScopeRefusalService,
    TokenHandOut,
  ],
})
export class AccessTokenModule {}
