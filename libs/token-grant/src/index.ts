export type { ClaimedRefresh } from './grant/due-refreshes.service.js';
export { DoubleSpendsQuery } from './request/double-spends.query.js';
export { DueRefreshes } from './grant/due-refreshes.service.js';
export { GrantEvents, type RequestEnded } from './grant/grant-events.js';
export { GrantStatus } from './recovery/grant-status.service.js';
export { openJournalReconciliation, type ReadingParts } from './recovery/journal-reconciliation.service.js';
export { IS_LEASED, IS_UNDER_WAY, OPEN_REQUESTS_OF_BRANDS } from './request/reservation.statements.js';
export { TOKEN_REQUEST_SEALED_COLUMN } from './request/sealed-columns.js';
export { SpoolHealth } from './answers/spool-health.service.js';
export { TOKEN_GRANT_ENTITIES, TokenGrantModule } from './token-grant.module.js';
export { TokenGrantSettings } from './token-grant.settings.js';
export {
  FailedRequestsQuery,
  type FailedRequest,
  type FailedRequestCount,
  type FailedRequests,
  type FailedStatus,
  type OpenRequest,
} from './request/failed-requests.query.js';
export { TokenGrants } from './grant/token-grants.service.js';
export { UnreadableAnswersJob, type ReparsedAnswer } from './recovery/unreadable-answers.job.js';
export {
  TOKEN_REQUEST_STATUSES,
  TokenRequestSearch,
  type FoundTokenRequest,
  type OpenTokenRequest,
  type TokenRequestPage,
} from './request/token-request-search.repository.js';
