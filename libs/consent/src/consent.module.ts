import { Module } from '@nestjs/common';
import { ConsentAccountRepository } from './consent-account.repository.js';
import { ConsentAccountEntity } from './consent-account.entity.js';
import { ConsentEventEntity } from './consent-event.entity.js';
import { ConsentEntity } from './consent.entity.js';
import { ConsentLineageQuery } from './consent-lineage.query.js';
import { ConsentExpirer } from './transitions/consent-expirer.repository.js';
import { ConsentReminder } from './consent-reminder.js';
import { ConsentRepository } from './transitions/consent.repository.js';
import { ConsentSearch } from './search/consent-search.js';
import { DueCurveQuery } from './search/due-curve.query.js';
import { ExpiryHorizonQuery } from './search/expiry-horizon.query.js';
import { ErasureRegister } from './erasure-register.query.js';
import { EventFeed } from './events/event-feed.repository.js';
import { EventFigures } from './events/event-figures.js';
import { HubEventHistory } from './events/hub-event-history.query.js';
import { RefreshPausesQuery } from './events/refresh-pauses.query.js';
import { HubEvents } from './events/hub-events.repository.js';
import { PersonConsents } from './person-consents.js';
import { PersonEraser } from './person-eraser.js';
import { PersonRecords } from './person-records.js';
import { ScaTokenQuery } from './sca-token.query.js';
import { ScaTokenRepository } from './sca-token.repository.js';
import { TimelineHashes } from './timeline-hashes.js';
import { TimelineExports } from './timeline/timeline-exports.repository.js';
import { TimelinePartitions } from './timeline/timeline-partitions.repository.js';
import { TimelineNews } from './timeline/timeline-news.query.js';
import { TimelineVerifier } from './timeline-verifier.js';
import { TokenPairEntity } from './token-pair.entity.js';
import { TokenReadersQuery } from './token-readers.query.js';
import { TokenUseRepository } from './token-use.repository.js';
import { VisibleConsents } from './visible-consents.js';

/** For the app's database options. */
export const CONSENT_ENTITIES = [ConsentEntity, TokenPairEntity, ConsentEventEntity, ConsentAccountEntity];

@Module({
  providers: [
    ConsentRepository,
    ConsentExpirer,
    ConsentReminder,
    TokenReadersQuery,
    TokenUseRepository,
    ConsentLineageQuery,
    VisibleConsents,
    ConsentSearch,
    ExpiryHorizonQuery,
    DueCurveQuery,
    ConsentAccountRepository,
    ScaTokenQuery,
    ScaTokenRepository,
    PersonConsents,
    PersonEraser,
    PersonRecords,
    ErasureRegister,
    TimelineExports,
    TimelinePartitions,
    TimelineVerifier,
    TimelineNews,
    EventFeed,
    RefreshPausesQuery,
    HubEvents,
    HubEventHistory,
    TimelineHashes,
    EventFigures,
  ],
  exports: [
    ConsentRepository,
    ConsentExpirer,
    ConsentReminder,
    TokenReadersQuery,
    TokenUseRepository,
    ConsentLineageQuery,
    VisibleConsents,
    ConsentSearch,
    ExpiryHorizonQuery,
    DueCurveQuery,
    ConsentAccountRepository,
    ScaTokenQuery,
    ScaTokenRepository,
    PersonConsents,
    PersonEraser,
    PersonRecords,
    ErasureRegister,
    TimelineExports,
    TimelinePartitions,
    TimelineVerifier,
    TimelineNews,
    EventFeed,
    RefreshPausesQuery,
    HubEvents,
    HubEventHistory,
    TimelineHashes,
    EventFigures,
  ],
})
export class ConsentModule {}
