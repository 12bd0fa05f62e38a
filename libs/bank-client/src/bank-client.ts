import type { Span } from '@opentelemetry/api';
import type { Brand, Language, Scope, Secret } from '@consent-hub/psd2-protocol';

/** PKCE of one authorization (RFC 7636); the verifier stays here, the challenge travels. */
export interface Pkce {
  readonly verifier: Secret;
  readonly challenge: string;
  readonly method: 'S256';
}

/** What a call is made for, for traces only. Nothing of it is sent to the bank. */
interface TracedCall {
  /** Below which the span of the call stands. Absent: it has none. */
  readonly span?: Span | undefined;
}

export interface ConsentUriRequest extends TracedCall {
  readonly brand: Brand;
  readonly scope: Exclude<Scope, 'PIS'>;
  /** CAF only: the account whose funds will be asked for. */
  readonly iban?: string;
  /** Its link comes first. Absent: the bank answers in every language it has. */
  readonly language?: Language;
  readonly redirectUri: string;
  readonly pkce: Pkce;
  /** Joined to every URI, so that the PSU's return can be recognised. */
  readonly state: Secret;
  /** UUID v4; the bank echoes it. */
  readonly requestId: string;
}

/** Where to send the PSU: complete, `state` included. */
export interface ConsentUri {
  readonly language: string;
  readonly uri: string;
}

interface TokenCall extends TracedCall {
  readonly brand: Brand;
  readonly scope: Scope;
  readonly requestId: string;
}

/** One of the two grants of RFC 6749 that the bank knows. */
export type TokenRequest =
  | (TokenCall & {
      readonly grantType: 'authorization_code';
      readonly code: Secret;
      readonly codeVerifier: Secret;
      readonly redirectUri: string;
    })
  | (TokenCall & { readonly grantType: 'refresh_token'; readonly refreshToken: Secret });

/**
 * A 2xx answer of POST /token, not yet read: the caller stores the body before anything can fail in reading it.
 * `readTokenAnswer` reads it, now or after a restart.
 */
export interface TokenAnswer {
  readonly httpStatus: number;
  /**
   * The decoded text. Bytes that are not UTF-8 are read as Latin-1, and those whose Content-Encoding cannot be decoded are
   * `undecoded:<Content-Encoding>:<base64>`, so that either way none is lost; `readTokenAnswer` understands both.
   */
  readonly body: Secret;
  /** False when the bank echoed another Request-ID, or none: worth an alarm, never worth a pair. */
  readonly responseIdMatches: boolean;
  /** The bank echoed the Request-ID of another call: the result of our request is unknown. Absent: it did not. */
  readonly isToAnotherRequest?: boolean;
}

/** What POST /token granted. Fields that the bank left out are absent: what is known of them stays as it is. */
export interface GrantedTokens {
  readonly accessToken: Secret;
  /** Absent where a refresh leaves the refresh token that it was made with as it is (RFC 6749 section 6). */
  readonly refreshToken?: Secret;
  /** Life of the access token, in seconds from the moment of the request. */
  readonly expiresInSeconds: number;
  readonly logicalId?: string;
  readonly iban?: string;
  /** AIS, first grant only: opens the whole transaction history for its hour. */
  readonly scaToken?: Secret;
}

export interface AccountsRequest extends TracedCall {
  readonly brand: Brand;
  readonly accessToken: Secret;
  readonly requestId: string;
}

/** An account that the PSU authorised. */
export interface BankAccount {
  readonly iban: string;
  /** The bank's opaque, URL-safe handle of the account. */
  readonly logicalId: string;
}

/**
 * The bank's Consent API, and the little of AIS that a consent needs, in our words. The only boundary that tests replace.
 * Every method throws `BankError`, whose code says what may be concluded from the failure.
 */
export abstract class BankClient {
  /** GET /consent-uris: version 4 for AIS, 3 for CAF. */
  abstract openConsent(request: ConsentUriRequest): Promise<ConsentUri[]>;

  /**
   * POST /token: version 3 for AIS and PIS, 2 for CAF. Waits up to `BANK_TOKEN_TIMEOUT_MS`, since giving up early does
   * not undo what the bank did. Only libs/token-grant may call it.
   *
   * @param maySend asked right before the first byte is written: a process may be delayed while it connects; absent: it may
   */
  abstract requestToken(request: TokenRequest, maySend?: () => boolean): Promise<TokenAnswer>;

  /**
   * Reads a kept answer of POST /token.
   *
   * @throws BankError `unreadable_answer` when it has no access token, or shows a token in a form that leaves doubt; the
   *   context says by `holdsPair` whether there is anything in it to be stored
   */
  abstract readTokenAnswer(body: Secret): GrantedTokens;

  /** GET /accounts: the accounts that the PSU chose. */
  abstract listAccounts(request: AccountsRequest): Promise<BankAccount[]>;
}
