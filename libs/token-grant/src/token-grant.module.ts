import { Module, type DynamicModule } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { GrantSealer } from './grant-sealer.js';
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
        TokenGrants,
      ],
      exports: [TokenGrants],
    };
  }
}
