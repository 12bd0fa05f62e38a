import { Module } from '@nestjs/common';
import { ConsentAccountEntity } from './consent-account.entity.js';
import { ConsentEventEntity } from './consent-event.entity.js';
import { ConsentEntity } from './consent.entity.js';
import { ConsentExpirer } from './consent-expirer.js';
import { ConsentRepository } from './consent.repository.js';
import { TokenSetEntity } from './token-set.entity.js';
import { VisibleConsents } from './visible-consents.js';

/** For the app's database options. */
export const CONSENT_ENTITIES = [ConsentEntity, TokenSetEntity, ConsentEventEntity, ConsentAccountEntity];

@Module({
  providers: [ConsentRepository, ConsentExpirer, VisibleConsents],
  exports: [ConsentRepository, ConsentExpirer, VisibleConsents],
})
export class ConsentModule {}
