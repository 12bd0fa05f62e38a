import { Module } from '@nestjs/common';
import { AccessTokenQuery } from './access-token.query.js';
import { AccessTokenService } from './access-token.service.js';
import { ConsentAccessTokenController } from './consent-access-token.controller.js';
import { PersonAccessTokenController } from './person-access-token.controller.js';
import { ScaTokenController } from './sca-token.controller.js';
import { ScaTokenQuery } from './sca-token.query.js';
import { ScaTokenService } from './sca-token.service.js';

/** Hands out access tokens and SCA tokens. Needs the ports `PairRefresh` and `TokenUse`, the vault and the database from the app. */
@Module({
  controllers: [ConsentAccessTokenController, PersonAccessTokenController, ScaTokenController],
  providers: [AccessTokenQuery, AccessTokenService, ScaTokenQuery, ScaTokenService],
})
export class AccessTokenModule {}
