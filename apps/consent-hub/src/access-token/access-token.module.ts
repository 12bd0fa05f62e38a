import { Module } from '@nestjs/common';
import { AccessTokenQuery } from './access-token.query.js';
import { AccessTokenService } from './access-token.service.js';
import { ConsentAccessTokenController } from './consent-access-token.controller.js';
import { PersonAccessTokenController } from './person-access-token.controller.js';

/** Hands out access tokens. Needs the port `PairRefresh`, the vault and the database from the app. */
@Module({
  controllers: [ConsentAccessTokenController, PersonAccessTokenController],
  providers: [AccessTokenQuery, AccessTokenService],
})
export class AccessTokenModule {}
