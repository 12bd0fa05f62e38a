export {
  ConsentHub,
  type CallOptions,
  type ConsentHubOptions,
  type TokenOwner,
} from './consent-hub-client.js';
export { ConsentHubError } from './consent-hub-error.js';
export type {
  AccessToken,
  Account,
  Brand,
  Consent,
  ConsentSearch,
  ConsentState,
  EventSelection,
  FoundConsent,
  FoundConsents,
  HubEvent,
  OpenConsent,
  OpenedConsent,
  OpenPsuSession,
  PaymentCode,
  PsuSession,
  ScaAuthorization,
  ScaToken,
  Scope,
} from './wire.js';
export {
  verifyWebhook,
  WebhookVerificationError,
  type VerifyOptions,
  type WebhookEvent,
  type WebhookFault,
  type WebhookHeaders,
} from './verify-webhook.js';
