import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { AnswerSpool } from './answer-spool.js';
import { GrantFailures } from './grant-failures.js';
import { GrantSealer } from './grant-sealer.js';
import { SpoolReplay } from './spool-replay.js';
import { TokenCall } from './token-call.js';
import { TokenGrantSettings } from './token-grant.settings.js';
import { TokenGrants } from './token-grants.js';
import { TokenJournal } from './token-journal.js';
import { TokenRequestEntity } from './token-request.entity.js';
import { TokenSettlement } from './token-settlement.js';

/** For the app's database options. */
export const TOKEN_GRANT_ENTITIES = [TokenRequestEntity];

/** Needs `BankClient` and `TokenVault` from global modules of the app. */
@Module({})
export class TokenGrantModule {
  static register(settings: TokenGrantSettings): DynamicModule {
    return {
      module: TokenGrantModule,
      global: true,
      imports: [ConsentModule],
      providers: [
        { provide: TokenGrantSettings, useValue: settings },
        TokenJournal,
        TokenSettlement,
        GrantSealer,
        GrantFailures,
        AnswerSpool,
        SpoolReplay,
        TokenCall,
        TokenGrants,
      ],
      exports: [TokenGrants],
    };
  }
}
