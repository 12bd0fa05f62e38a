import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AuthorizationCallbackController } from './authorization-callback.controller.js';
import { AuthorizationReturnService } from './authorization-return.service.js';
import { BrowserAnswers } from './browser-answer.js';
import { BankReturnService } from './bank-return.service.js';
import { LinkStartController } from './link-start.controller.js';
import { LinkStartService } from './link-start.service.js';
import { ScaReturnService } from './sca-return.service.js';

/** Sends the PSU off and catches the return. Needs the port `CodeExchange`. */
@Module({
  imports: [ConsentModule],
  controllers: [LinkStartController, AuthorizationCallbackController],
  providers: [
    BrowserAnswers,
    LinkStartService,
    AuthorizationReturnService,
    BankReturnService,
    ScaReturnService,
  ],
})
export class AuthorizationCallbackModule {}
