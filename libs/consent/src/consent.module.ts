import { Module } from '@nestjs/common';
import { AccountLists } from './account-lists.js';
import { ConsentAccountEntity } from './consent-account.entity.js';
import { ConsentEventEntity } from './consent-event.entity.js';
import { ConsentEntity } from './consent.entity.js';
import { ConsentExpirer } from './consent-expirer.js';
import { ConsentReminder } from './consent-reminder.js';
import { ConsentRepository } from './consent.repository.js';
import { ConsentSearch } from './search/consent-search.js';
import { ScaTokens } from './sca-tokens.js';
import { TokenPairEntity } from './token-pair.entity.js';
import { TokenUseWriter } from './token-use.writer.js';
import { VisibleConsents } from './visible-consents.js';

/** For the app's database options. */
export const CONSENT_ENTITIES = [ConsentEntity, TokenPairEntity, ConsentEventEntity, ConsentAccountEntity];

@Module({
  providers: [
    ConsentRepository,
    ConsentExpirer,
    ConsentReminder,
    TokenUseWriter,
    VisibleConsents,
    ConsentSearch,
    AccountLists,
    ScaTokens,
  ],
  exports: [
    ConsentRepository,
    ConsentExpirer,
    ConsentReminder,
    TokenUseWriter,
    VisibleConsents,
    ConsentSearch,
    AccountLists,
    ScaTokens,
  ],
})
export class ConsentModule {}
