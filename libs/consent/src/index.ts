export { ConsentAccountEntity } from './consent-account.entity.js';
export { ConsentError, type ConsentErrorCode, type ConsentErrorContext } from './consent-error.js';
export { ConsentEventEntity } from './consent-event.entity.js';
export { ConsentEntity } from './consent.entity.js';
export { ConsentExpirer } from './consent-expirer.js';
export { CONSENT_ENTITIES, ConsentModule } from './consent.module.js';
export { ConsentRepository, type Move, type NewConsent } from './consent.repository.js';
export { ConsentView, toConsentView } from './consent-view.js';
export {
  CONSENT_STATES,
  isFinal,
  isLive,
  LIVE_STATES,
  type ConsentState,
  type TargetState,
} from './domain/consent-state.js';
export {
  STATE_REASONS,
  type Actor,
  type EventData,
  type SealedTokenSet,
  type StateReason,
  type TransitionData,
} from './domain/transition.js';
export { CodeExchange, PairRefresh, type Patience } from './ports.js';
export { TokenSetEntity } from './token-set.entity.js';
export { VisibleConsents } from './visible-consents.js';
