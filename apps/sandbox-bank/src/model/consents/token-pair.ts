import type { Scope, Secret } from '@consent-hub/psd2-protocol';

/** A new pair, in the clear for the only time. */
export interface IssuedPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly expiresInSeconds: number;
  readonly scope: Scope;
  /** AIS, authorization code only (bank page "Flows"). */
  readonly scaToken?: Secret;
  /** The first account of the consent; the only one where the TPP had to name it. */
  readonly iban: string;
  readonly logicalId: string;
}

/**
 * Why no pair was issued. `other_scope`: the value is good, but of a scope that the caller did not ask for; it stays good.
 * `withdrawn`: it was good until the PSU ended the consent. Anything else that is wrong with it, a second use too, is
 * `invalid`.
 */
export type TokenRefusal =
  { readonly reason: 'invalid' } | { readonly reason: 'other_scope' | 'withdrawn'; readonly scope: Scope };

export interface CodeRedemption {
  readonly tppId: string;
  readonly code: Secret;
  readonly redirectUri: string;
  /** RFC 7636 section 4.5; null is good for a code that was asked for without a challenge. */
  readonly codeVerifier: Secret | null;
  readonly scopes: readonly Scope[];
}

export interface TokenRotation {
  readonly tppId: string;
  readonly refreshToken: Secret;
  readonly scopes: readonly Scope[];
}

/** What a good access token opens. */
export interface AccessGrant {
  readonly scope: Scope;
  readonly psuId: string;
  readonly authorizationId: string;
  readonly accounts: readonly { readonly iban: string; readonly logicalId: string }[];
  /** When the PSU last proved who they are: with the consent, or later on request. */
  readonly authenticatedAt: Date;
  /** By the bank's clock, whole days. */
  readonly authenticatedDaysAgo: number;
}
