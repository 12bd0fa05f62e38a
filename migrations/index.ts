import { CreateApiClient1795374000000 } from './1795374000000-create-api-client.js';
import { CreateConsent1795374060000 } from './1795374060000-create-consent.js';
import { CreateConsentEvent1795374120000 } from './1795374120000-create-consent-event.js';
import { CreateTokenPair1795374180000 } from './1795374180000-create-token-pair.js';
import { CreateTokenRequest1795374240000 } from './1795374240000-create-token-request.js';
import { IndexConsentDueDates1795374260000 } from './1795374260000-index-consent-due-dates.js';
import { CreateBankClock1795374300000 } from './1795374300000-create-bank-clock.js';
import { CreateBankTpp1795374360000 } from './1795374360000-create-bank-tpp.js';
import { CreateBankPsu1795374420000 } from './1795374420000-create-bank-psu.js';
import { CreateBankPsuAuthorization1795374480000 } from './1795374480000-create-bank-psu-authorization.js';
import { CreateBankTokenPair1795374540000 } from './1795374540000-create-bank-token-pair.js';
import { CreateBankLogicalId1795374600000 } from './1795374600000-create-bank-logical-id.js';
import { CreatePageSession1795374900000 } from './1795374900000-create-page-session.js';
import { ScheduleRefreshes1795375000000 } from './1795375000000-schedule-refreshes.js';
import { CreateRefreshGuard1795375100000 } from './1795375100000-create-refresh-guard.js';
import { RemindOfExpiry1795375110000 } from './1795375110000-remind-of-expiry.js';
import { CountConsents1795375120000 } from './1795375120000-count-consents.js';
import { CreateTokenUse1795375200000 } from './1795375200000-create-token-use.js';
import { CreateRefreshTally1795375210000 } from './1795375210000-create-refresh-tally.js';
import { WidenBankConsents1795375300000 } from './1795375300000-widen-bank-consents.js';
import { CreateBankFault1795375400000 } from './1795375400000-create-bank-fault.js';
import { DescribeBankAccounts1795375500000 } from './1795375500000-describe-bank-accounts.js';
import { ShapeBankLogicalId1795375510000 } from './1795375510000-shape-bank-logical-id.js';
import { CreateBankUnattendedCall1795375520000 } from './1795375520000-create-bank-unattended-call.js';
import { CreateBankPayment1795375600000 } from './1795375600000-create-bank-payment.js';
import { IndexConsentSearch1795375700000 } from './1795375700000-index-consent-search.js';
import { AnchorConsentTimeline1795375710000 } from './1795375710000-anchor-consent-timeline.js';
import { ErasePersons1795375720000 } from './1795375720000-erase-persons.js';
import { CreateIdempotencyKey1795375800000 } from './1795375800000-create-idempotency-key.js';
import { AllowReturnUrls1795375900000 } from './1795375900000-allow-return-urls.js';
import { LightenRefreshes1795376100000 } from './1795376100000-lighten-refreshes.js';
import { IndexScaTokens1795376500000 } from './1795376500000-index-sca-tokens.js';
import { TrustTimelineHeads1795376600000 } from './1795376600000-trust-timeline-heads.js';
import { NoteDueAccounts1795376610000 } from './1795376610000-note-due-accounts.js';
import { LimitApiClients1795376650000 } from './1795376650000-limit-api-clients.js';
import { KeepDueUntilSettled1795376700000 } from './1795376700000-keep-due-until-settled.js';
import { RememberDatabaseServers1795376800000 } from './1795376800000-remember-database-servers.js';
import { TrustJournalEntries1795376900000 } from './1795376900000-trust-journal-entries.js';
import { CreateInstance1795377000000 } from './1795377000000-create-instance.js';
import { BindLinksToBrowsers1795377200000 } from './1795377200000-bind-links-to-browsers.js';
import { NoteResumedRefreshes1795377300000 } from './1795377300000-note-resumed-refreshes.js';
import { KeepHandlesByAccount1795377400000 } from './1795377400000-keep-handles-by-account.js';
import { NoteRefusedAccounts1795377500000 } from './1795377500000-note-refused-accounts.js';
import { LetApiClientsHaveSeveralKeys1795377600000 } from './1795377600000-let-api-clients-have-several-keys.js';
import { IndexEndsOfConsents1795377610000 } from './1795377610000-index-ends-of-consents.js';
import { NameCallersOfTokenRequests1795377700000 } from './1795377700000-name-callers-of-token-requests.js';
import { NoteLostBankAnswers1795377700010 } from './1795377700010-note-lost-bank-answers.js';

/** Every migration, oldest first. Listed, not globbed: a missing file is a compile error, not a missing table. */
export const MIGRATIONS = [
  CreateApiClient1795374000000,
  CreateConsent1795374060000,
  CreateConsentEvent1795374120000,
  CreateTokenPair1795374180000,
  CreateTokenRequest1795374240000,
  IndexConsentDueDates1795374260000,
  CreateBankClock1795374300000,
  CreateBankTpp1795374360000,
  CreateBankPsu1795374420000,
  CreateBankPsuAuthorization1795374480000,
  CreateBankTokenPair1795374540000,
  CreateBankLogicalId1795374600000,
  CreatePageSession1795374900000,
  ScheduleRefreshes1795375000000,
  CreateRefreshGuard1795375100000,
  RemindOfExpiry1795375110000,
  CountConsents1795375120000,
  CreateTokenUse1795375200000,
  CreateRefreshTally1795375210000,
  WidenBankConsents1795375300000,
  CreateBankFault1795375400000,
  DescribeBankAccounts1795375500000,
  ShapeBankLogicalId1795375510000,
  CreateBankUnattendedCall1795375520000,
  CreateBankPayment1795375600000,
  IndexConsentSearch1795375700000,
  AnchorConsentTimeline1795375710000,
  ErasePersons1795375720000,
  CreateIdempotencyKey1795375800000,
  AllowReturnUrls1795375900000,
  LightenRefreshes1795376100000,
  IndexScaTokens1795376500000,
  TrustTimelineHeads1795376600000,
  NoteDueAccounts1795376610000,
  LimitApiClients1795376650000,
  KeepDueUntilSettled1795376700000,
  RememberDatabaseServers1795376800000,
  TrustJournalEntries1795376900000,
  CreateInstance1795377000000,
  BindLinksToBrowsers1795377200000,
  NoteResumedRefreshes1795377300000,
  KeepHandlesByAccount1795377400000,
  NoteRefusedAccounts1795377500000,
  LetApiClientsHaveSeveralKeys1795377600000,
  IndexEndsOfConsents1795377610000,
  NameCallersOfTokenRequests1795377700000,
  NoteLostBankAnswers1795377700010,
];
