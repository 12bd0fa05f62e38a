import { ConsentHubError } from './consent-hub-error.js';
import { TokenCache } from './token-cache.js';
import { Transport } from './transport.js';
import type {
  AccessToken,
  Account,
  Brand,
  Consent,
  OpenConsent,
  OpenedConsent,
  PaymentCode,
  ScaToken,
  Scope,
} from './wire.js';

export interface ConsentHubOptions {
  /** Where the hub is, e.g. `https://consents.internal`. */
  readonly url: string;
  readonly apiKey: string;
  /** How much of its life a token must have left to be handed out, seconds (60). The hub refreshes it otherwise. */
  readonly minValiditySeconds?: number;
  /** Longest wait for one answer, milliseconds (15 000). */
  readonly timeoutMs?: number;
  /** Tokens held in memory at most (10 000). */
  readonly cacheSize?: number;
  readonly fetch?: typeof fetch;
}

/** A consent by its id, or the live consent of a person. */
export type TokenOwner =
  { readonly consentId: string } | { readonly brand: Brand; readonly psuRef: string; readonly scope: Scope };

/**
 * Starts consents and holds access tokens for a service: each is asked for once, kept until shortly before its end, and
 * replaced when the bank refuses it.
 */
export class ConsentHub {
  private readonly transport: Transport;
  private readonly tokens: TokenCache;
  private readonly minValiditySeconds: number;

  constructor(options: ConsentHubOptions) {
    const { url, apiKey, timeoutMs = 15_000, cacheSize = 10_000, minValiditySeconds = 60 } = options;
    this.transport = new Transport({ url, apiKey, timeoutMs, fetch: options.fetch ?? fetch });
    this.tokens = new TokenCache(() => performance.now(), cacheSize);
    this.minValiditySeconds = minValiditySeconds;
  }

  /**
   * @param idempotencyKey a call with the same key and body gives the same consent, however often it is made
   * @throws ConsentHubError
   */
  async openConsent(
    consent: OpenConsent,
    { idempotencyKey }: { idempotencyKey?: string } = {},
  ): Promise<OpenedConsent> {
    const headers: Record<string, string> = idempotencyKey ? { 'idempotency-key': idempotencyKey } : {};
    return this.ask({ method: 'POST', path: '/v1/consents', body: consent, headers });
  }

  /** @throws ConsentHubError */
  consent(consentId: string): Promise<Consent> {
    return this.ask({ path: consentPath(consentId) });
  }

  /** @throws ConsentHubError */
  async accounts(consentId: string): Promise<readonly Account[]> {
    const { items } = await this.ask<{ items: Account[] }>({ path: `${consentPath(consentId)}/accounts` });
    return items;
  }

  /** Ends a consent and destroys its tokens. @throws ConsentHubError */
  revokeConsent(consentId: string): Promise<Consent> {
    return this.ask({ method: 'POST', path: `${consentPath(consentId)}/revoke` });
  }

  /** Brings the code of a payment that came to your own callback. @throws ConsentHubError */
  exchangePaymentCode(code: PaymentCode): Promise<Consent> {
    return this.ask({ method: 'POST', path: '/v1/pis-tokens', body: code });
  }

  /** @throws ConsentHubError `no_sca_token` when there is none or its hour is over */
  scaToken(consentId: string): Promise<ScaToken> {
    return this.ask({ path: `${consentPath(consentId)}/sca-token` });
  }

  /**
   * An access token that lasts at least the configured validity, or, when the bank cannot be reached, as long as it may.
   *
   * @throws ConsentHubError `consent_not_live` with the `action` needed, `consent_not_found`, ...
   */
  async accessToken(owner: TokenOwner): Promise<AccessToken> {
    const key = JSON.stringify(owner);
    return (
      this.tokens.find(key, this.minValiditySeconds) ??
      this.tokens.share(key, () => this.askForToken(key, owner))
    );
  }

  /**
   * Says that the bank refused a token (401), and gives the one to use now.
   *
   * @throws ConsentHubError
   */
  async reportRejection(token: AccessToken): Promise<AccessToken> {
    const keys = this.tokens.forget(token);
    const askedAt = performance.now();
    const next = await this.ask<AccessToken>({
      method: 'POST',
      path: `${consentPath(token.consent_id)}/access-token/rejections`,
      body: { generation: token.generation },
    });
    for (const key of keys) this.tokens.store(key, next, null, askedAt);
    return next;
  }

  /**
   * Calls the bank with a token. When it answers 401, the token is reported and the call is made once more with the next.
   *
   * @param call your call of the bank's API; it is made twice at most
   */
  async withAccessToken(
    owner: TokenOwner,
    call: (token: AccessToken) => Promise<Response>,
  ): Promise<Response> {
    const token = await this.accessToken(owner);
    const answer = await call(token);
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    return call(await this.reportRejection(token));
  }

  private async askForToken(key: string, owner: TokenOwner): Promise<AccessToken> {
    const held = this.tokens.peek(key);
    const askedAt = performance.now();
    let answer: Response;
    try {
      answer = await this.transport.send({
        ...tokenCall(owner, this.minValiditySeconds),
        headers: held?.etag ? { 'if-none-match': held.etag } : {},
      });
    } catch (error) {
      if (!isOutage(error)) this.tokens.drop(key);
      // Better a token that lasts a few seconds than none.
      const rest = isOutage(error) ? this.tokens.find(key, 0) : null;
      if (rest) return rest;
      throw error;
    }
    if (answer.status === 304 && held) return held.token;
    const token = (await answer.json()) as AccessToken;
    this.tokens.store(key, token, answer.headers.get('etag'), askedAt);
    return token;
  }

  private async ask<T>(call: Parameters<Transport['send']>[0]): Promise<T> {
    return (await (await this.transport.send(call)).json()) as T;
  }
}

/** Nothing was said of the consent. */
const isOutage = (error: unknown): boolean =>
  error instanceof ConsentHubError && (error.status === 0 || error.status >= 500);

const consentPath = (consentId: string): string => `/v1/consents/${encodeURIComponent(consentId)}`;

function tokenCall(owner: TokenOwner, minValiditySeconds: number): Parameters<Transport['send']>[0] {
  const query = { min_validity_seconds: String(minValiditySeconds) };
  if ('consentId' in owner) return { path: `${consentPath(owner.consentId)}/access-token`, query };
  const { brand, psuRef, scope } = owner;
  return { path: '/v1/access-token', query: { ...query, brand, psu_ref: psuRef, scope } };
}
