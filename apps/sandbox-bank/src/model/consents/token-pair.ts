import type { Scope, Secret } from '@consent-hub/psd2-protocol';

/** A new token pair, in clear text: the bank stores hashes only. */
export interface IssuedPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly expiresInSeconds: number;
  readonly scope: Scope;
  /** AIS, authorization code only (bank page "Flows"). */
  readonly scaToken?: Secret;
  /** The first account of the consent; the only one where the TPP named it. */
  readonly iban: string;
  readonly logicalId: string;
}

/**
 * Why no token pair was issued. `other_scope`: the value is valid, but of a scope that the call cannot have; it stays
 * valid. `withdrawn`: it was valid until the PSU ended the consent. Any other fault, also a second use, is `invalid`.
 */
export type TokenRefusal =
  { readonly reason: 'invalid' } | { readonly reason: 'other_scope' | 'withdrawn'; readonly scope: Scope };

export interface CodeRedemption {
  readonly tppId: string;
  readonly code: Secret;
  readonly redirectUri: string;
  /** RFC 7636 section 4.5; null is valid for a code without a challenge. */
  readonly codeVerifier: Secret | null;
  readonly scopes: readonly Scope[];
}

export interface TokenRotation {
  readonly tppId: string;
  readonly refreshToken: Secret;
  readonly scopes: readonly Scope[];
}

/** The access of a valid access token. */
export interface AccessGrant {
  readonly scope: Scope;
  readonly psuId: string;
  readonly authorizationId: string;
  readonly accounts: readonly { readonly iban: string; readonly logicalId: string }[];
  /** When the PSU last authenticated: with the consent, or later on request. */
  readonly authenticatedAt: Date;
  /** By the bank's clock, whole days. */
  readonly authenticatedDaysAgo: number;
}
