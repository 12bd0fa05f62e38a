/** The fields are those of the hub's REST API, described at its `/docs`; times are ISO 8601 in UTC. */

export type Brand = 'belfius' | 'banx';
export type Scope = 'AIS' | 'CAF' | 'PIS';
export type ConsentState =
  | 'initiated'
  | 'authorized'
  | 'active'
  | 'refreshed'
  | 'superseded'
  | 'revoked'
  | 'expired'
  | 'rejected'
  | 'failed';

export interface OpenConsent {
  readonly scope: Scope;
  readonly brand: Brand;
  /** Your own name of the person. */
  readonly psu_ref: string;
  /** CAF only, and required there. */
  readonly iban?: string;
  readonly language?: 'fr' | 'nl';
  readonly return_url?: string;
  /** What you use the access for, for the person to read. */
  readonly purpose?: string;
}

export interface Consent {
  readonly id: string;
  readonly scope: Scope;
  readonly brand: Brand;
  readonly psu_ref: string;
  readonly iban?: string;
  readonly purpose?: string;
  readonly state: ConsentState;
  readonly state_reason: string | null;
  readonly generation: number;
  readonly created_at: string;
  readonly link_expires_at: string | null;
  readonly authorized_at: string | null;
  readonly activated_at: string | null;
  readonly refreshed_at: string | null;
  readonly ended_at: string | null;
  readonly consent_expires_at: string | null;
  readonly superseded_by: string | null;
}

/** Filters are joined by "and". Moments are ISO 8601 with their zone, or dates, which begin at midnight UTC. */
export interface ConsentSearch {
  /** Any of them. */
  readonly state?: readonly ConsentState[];
  readonly state_reason?: string;
  readonly scope?: Scope;
  readonly brand?: Brand;
  readonly psu_ref?: string;
  readonly iban?: string;
  /** The API client that opened it, by name or id: for admins. */
  readonly client?: string;
  readonly created_from?: string;
  readonly created_to?: string;
  readonly ended_from?: string;
  readonly ended_to?: string;
  readonly expires_before?: string;
  readonly needs_attention?: boolean;
  /** Default: `ended_at` with `ended_from` or `ended_to`, otherwise `created_at`. */
  readonly order?: 'created_at' | 'ended_at' | 'consent_expires_at';
  readonly count?: boolean;
  /** 1 to 200 (50). */
  readonly limit?: number;
  /** `next_cursor` of the page before, with the same filters and order. */
  readonly cursor?: string;
}

export interface FoundConsent extends Consent {
  /** Why it needs attention. */
  readonly attention: readonly string[];
}

export interface FoundConsents {
  readonly items: readonly FoundConsent[];
  /** Null after the last page. */
  readonly next_cursor: string | null;
  /** With `count`: of all pages. */
  readonly total?: number;
  /** With `count`: false where there are more than `total`. */
  readonly total_is_exact?: boolean;
}

export interface OpenedConsent extends Consent {
  /** AIS and CAF: where to send the PSU. */
  readonly consent_uris?: readonly { readonly language: string; readonly uri: string }[];
  /** PIS: for your own initiation call. */
  readonly payment_authorization?: {
    readonly redirect_uri: string;
    readonly code_challenge: string;
    readonly code_challenge_method: string;
    readonly state: string;
  };
  /** The live consent that completing this one will retire. */
  readonly supersedes: string | null;
}

export interface OpenPsuSession {
  /** The name under which you opened the consents of the person. */
  readonly psu_ref: string;
  /** Of the pages; default: as the browser asks. The person can change it. */
  readonly language?: 'fr' | 'nl' | 'en' | 'de';
  /** Where a link back to your application leads. */
  readonly return_url?: string;
}

export interface PsuSession {
  /** Send the browser of the person there. It works once. */
  readonly url: string;
  /** Until when the link can be used. */
  readonly expires_at: string;
}

export interface PaymentCode {
  readonly brand: Brand;
  readonly psu_ref: string;
  readonly code: string;
  readonly code_verifier: string;
  readonly redirect_uri: string;
}

export interface Account {
  readonly iban: string;
  readonly logical_id: string;
}

export interface AccessToken {
  readonly consent_id: string;
  readonly access_token: string;
  readonly token_type: string;
  readonly scope: Scope;
  readonly generation: number;
  readonly expires_at: string;
  /** Whole seconds left when the hub answered. */
  readonly expires_in: number;
  readonly logical_id?: string;
  /** The answer to a refresh was lost: the bank may refuse this token. */
  readonly in_doubt?: true;
}

export interface ScaToken {
  readonly sca_token: string;
  readonly expires_at: string;
}

/** What your own call of the bank announces, and what its answer is joined with. */
export interface ScaAuthorization {
  /** For the header `Redirect-URI` of the call that the bank answers with `SCA_REQUIRED`. */
  readonly redirect_uri: string;
  /** Join it as `state` to the `url` of that answer. */
  readonly state: string;
  /** Until when the PSU may come back. */
  readonly expires_at: string;
}

/** Which events are read; filters are joined by "and". */
export interface EventSelection {
  /** Id of the last event that you have dealt with: events after it. Absent: from the first that is kept. */
  readonly after?: string;
  /** Any of them, e.g. `consent.failed`. Absent: all. */
  readonly types?: readonly string[];
  readonly consentId?: string;
}

/** CloudEvents 1.0. */
export interface HubEvent {
  readonly specversion: '1.0';
  /** Always the same for the same event: drop what you have seen. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Id of the consent; absent where the hub itself is meant. */
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Place in the order of all events: compare as text. */
  readonly sequence: string;
  /** For a consent: `consent` with the state that it had then, `previous_state`, `reason`, and what the type adds. */
  readonly data: Readonly<Record<string, unknown>>;
}
