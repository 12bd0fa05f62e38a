import { CreateApiClient1795374000000 } from './1795374000000-create-api-client.js';
import { CreateConsent1795374060000 } from './1795374060000-create-consent.js';
import { CreateConsentEvent1795374120000 } from './1795374120000-create-consent-event.js';
import { CreateTokenSet1795374180000 } from './1795374180000-create-token-set.js';
import { CreateTokenRequest1795374240000 } from './1795374240000-create-token-request.js';
import { IndexConsentDueDates1795374260000 } from './1795374260000-index-consent-due-dates.js';
import { CreateBankClock1795374300000 } from './1795374300000-create-bank-clock.js';
import { CreateBankTpp1795374360000 } from './1795374360000-create-bank-tpp.js';
import { CreateBankPsu1795374420000 } from './1795374420000-create-bank-psu.js';
import { CreateBankPsuAuthorization1795374480000 } from './1795374480000-create-bank-psu-authorization.js';
import { CreateBankTokenPair1795374540000 } from './1795374540000-create-bank-token-pair.js';
import { CreateBankLogicalId1795374600000 } from './1795374600000-create-bank-logical-id.js';
import { CreatePageSession1795374900000 } from './1795374900000-create-page-session.js';

/** Every migration, oldest first. Listed, not globbed: a missing file is a compile error, not a missing table. */
export const MIGRATIONS = [
  CreateApiClient1795374000000,
  CreateConsent1795374060000,
  CreateConsentEvent1795374120000,
  CreateTokenSet1795374180000,
  CreateTokenRequest1795374240000,
  IndexConsentDueDates1795374260000,
  CreateBankClock1795374300000,
  CreateBankTpp1795374360000,
  CreateBankPsu1795374420000,
  CreateBankPsuAuthorization1795374480000,
  CreateBankTokenPair1795374540000,
  CreateBankLogicalId1795374600000,
  CreatePageSession1795374900000,
];
