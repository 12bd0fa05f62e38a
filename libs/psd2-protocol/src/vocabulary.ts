/** What a consent and its tokens are for: account information, funds confirmation, payment initiation. */
export const SCOPES = ['AIS', 'CAF', 'PIS'] as const;
export type Scope = (typeof SCOPES)[number];

/** RFC 6749 sections 4.1.3 and 6: the two grants that the bank's POST /token knows. */
export const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** Languages of the bank's screens (bank page "reference": consent-uris). ISO 639-1. */
export const LANGUAGES = ['fr', 'nl'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Roles of a payment service provider in its certificate (ETSI TS 119 495, clause 4.2.1). */
export const PSP_ROLES = ['PSP_AS', 'PSP_PI', 'PSP_AI', 'PSP_IC'] as const;
export type PspRole = (typeof PSP_ROLES)[number];

/** The role that a provider must have to use a scope (ETSI TS 119 495 clause 4.2.1). */
export const ROLE_OF_SCOPE = {
  AIS: 'PSP_AI',
  CAF: 'PSP_IC',
  PIS: 'PSP_PI',
} as const satisfies Record<Scope, PspRole>;
