export { ConsentAccountRepository, CLAIM_DUE_LISTS } from './consent-account.repository.js';
export { hashOfCallbackState } from './callback-state.js';
export type { ConsentAccountEntity } from './consent-account.entity.js';
export { ApiClientError, type ApiClientErrorCode } from './api-client-error.js';
export { ConsentError, type ConsentErrorCode } from './consent-error.js';
export type { ConsentEventEntity } from './consent-event.entity.js';
export type { ConsentEntity } from './consent.entity.js';
export { ConsentLineageQuery, type RelatedConsent } from './consent-lineage.query.js';
export { ConsentExpirer } from './transitions/consent-expirer.repository.js';
export { ConsentReminder } from './consent-reminder.js';
export { CONSENT_ENTITIES, ConsentModule } from './consent.module.js';
export { ConsentRepository, type NewConsent } from './transitions/consent.repository.js';
export {
  CONSENT_STATES,
  ENDED_STATES,
  isEnded,
  isLive,
  LIVE_STATES,
  LIVE_STATES_SQL,
  TRANSITIONS,
  type ConsentState,
} from './domain/consent-state.js';
export { OPEN_STATUSES, OPEN_STATUSES_SQL } from './domain/request-status.js';
export {
  ALL_STATE_REASONS,
  DEFAULT_SCHEDULE,
  type Actor,
  type EventData,
  type RefreshSchedule,
  type SealedTokenPair,
  type StateReason,
} from './domain/transition.js';
export type {
  BrandFigures,
  CircuitBreakerFigures,
  CircuitBreakerStanding,
  ConsentCount,
  Figures,
  RefreshCount,
} from './figures.js';
export {
  FigureHistory,
  InstanceHistory,
  LATENCY_BUCKETS_MS,
  type ConsentFlow,
  type HistoryMark,
  type InstanceRun,
  type InstanceWork,
  type LatencyCount,
  type TokenReadCount,
} from './history.js';
export {
  AccountListing,
  ApiClientNames,
  CodeExchange,
  ConsentOpening,
  ConsentRenewal,
  ConsentWithdrawal,
  HubFigures,
  KeyPermissions,
  PairRefresh,
  RefreshHistory,
  RefreshPauses,
  TimelineVerifications,
  TokenUse,
  WebhookFigures,
  type ActingAdmin,
  type FailingWebhook,
  type GrantCaller,
  type PastVerification,
  type Renewal,
  type WaitingDeliveries,
  type WantedConsent,
  type WebhookCounts,
} from './ports.js';
export {
  ApiClientAdministration,
  RequestFigures,
  type ApiClientFacts,
  type ApiKeyFacts,
  type CountedRequests,
  type MadeApiKey,
  type WantedApiClient,
  type WantedRotation,
} from './api-client-administration.ports.js';
export {
  DELIVERY_STATES,
  MOST_DELIVERIES_COUNTED,
  WebhookAdministration,
  type DeliveryFacts,
  type DeliveryState,
  type WantedReplay,
  type WebhookFacts,
} from './webhook-administration.port.js';
export { CONSENT_SEALED_COLUMNS } from './sealed-columns.js';
export {
  BROWSER_BINDINGS,
  hashOfBrowserKey,
  readLinkStart,
  writeLinkStart,
  type BrowserBinding,
  type LinkStart,
} from './link-start.js';
export {
  AUTHORIZED_CONSENTS,
  DUE_AT_ONCE,
  DUE_PAIRS,
  DUE_PAIRS_OF,
  ENDED_BEFORE,
  INTO_TIMELINES,
  JOIN_CONSENT,
  JOIN_LIVE_CONSENT,
  JOIN_PAIR,
  LATER_PAIR,
  LIVE_PAIR,
  SET_DUE_TIME,
  SHARING,
} from './sql-fragments.js';
export { IS_IN_DOUBT } from './request-conditions.js';
export { findLinkStart, isLinkLate } from './waiting-link.js';
export { ScaTokenQuery, type ScaTokenRow } from './sca-token.query.js';
export { findConsents, findLocked, findPair, generationOf } from './consent-reads.js';
export { ScaTokenRepository } from './sca-token.repository.js';
export { TokenReadTally } from './token-read-tally.js';
export { TokenUseRepository } from './token-use.repository.js';
export {
  READS_OF_CLIENT,
  TokenReadersQuery,
  type TokenReader,
  type TokenReads,
} from './token-readers.query.js';
export { VisibleConsents } from './visible-consents.js';
export { countPairsByKey } from './pair-keys.js';
export {
  ATTENTION_REASONS,
  EXPIRING_WITHIN_DAYS,
  FAILED_WITHIN_DAYS,
  type AttentionReason,
} from './search/attention.js';
export { DueCurveQuery, type DueCurve } from './search/due-curve.query.js';
export { ExpiryHorizonQuery, HORIZON_DAYS, type ExpiryHorizon } from './search/expiry-horizon.query.js';
export {
  ConsentSearch,
  MOST_COUNTED,
  type ConsentCountUpTo,
  type FoundConsent,
} from './search/consent-search.js';
export {
  SEARCH_ORDERS,
  type SearchCriteria,
  type SearchOrder,
  type SearchPosition,
} from './search/search-criteria.js';
export {
  PersonConsents,
  type ClientsPerson,
  type PersonConsent,
  type PersonEvent,
  type PersonSearchWord,
} from './person-consents.js';
export {
  ErasureError,
  HOLDINGS,
  PersonEraser,
  type ErasureErrorCode,
  type PersonsConsent,
  type PersonsHoldings,
} from './person-eraser.js';
export { PersonRecords, RECORDS_OF_CONSENTS, type HeldRecords } from './person-records.js';
export { ErasureRegister, type PastErasure } from './erasure-register.query.js';
export { TimelineHashes, type HeadPage, type RecomputedHash } from './timeline-hashes.js';
export {
  TIMELINE_FAULTS,
  TimelineVerifier,
  type TimelineFault,
  type VerifiedPage,
} from './timeline-verifier.js';
export { EventFeed, type FeedEvent, type FeedFilter } from './events/event-feed.repository.js';
export { EVENTS_BETWEEN } from './events/event-feed.statements.js';
export { parseEventId, type EventKey } from './events/event-id.js';
export {
  CONSENT_EVENT_TYPES,
  DEFAULT_WEBHOOK_EVENT_TYPES,
  EVENT_TYPES,
  isEventType,
  type EventType,
  type HubEventType,
} from './events/event-types.js';
export { HubEventHistory, type PastHubEvent } from './events/hub-event-history.query.js';
export { RefreshPausesQuery, type RefreshPause } from './events/refresh-pauses.query.js';
export { HubEvents } from './events/hub-events.repository.js';
export {
  TimelineExports,
  type ExportCursor,
  type ExportedEntry,
  type ExportedMonth,
  type Junction,
} from './timeline/timeline-exports.repository.js';
export { TimelineNews, type KnownTimeline } from './timeline/timeline-news.query.js';
export { MONTH } from './timeline/month.js';
export { TimelinePartitions } from './timeline/timeline-partitions.repository.js';
export { EventFigures } from './events/event-figures.js';
