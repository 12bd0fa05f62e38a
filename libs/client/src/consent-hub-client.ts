import { ConsentHubError } from './consent-hub-error.js';
import { followEvents } from './follow-events.js';
import { unlessLeft } from './leaving.js';
import { TokenCache } from './token-cache.js';
import { Transport, type Call } from './transport.js';
import type {
  AccessToken,
  Account,
  Brand,
  Consent,
  ConsentSearch,
  EventSelection,
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

export interface ConsentHubOptions {
  /** Where the hub is, e.g. `https://consents.internal`. */
  readonly url: string;
  readonly apiKey: string;
  /** How much of its life a token must have left to be handed out, seconds (60). The hub refreshes it otherwise. */
  readonly minValiditySeconds?: number;
  /** Longest wait for one answer, milliseconds (15 000). */
  readonly timeoutMs?: number;
  /**
   * How often a call is made again when the hub says when to come back (2). Only what may safely be repeated: reads,
   * `openConsent` with an `idempotencyKey`, `reportRejection`, `revokeConsent`, `prepareScaAuthorization`.
   */
  readonly retries?: number;
  /** The longest wait before it, seconds (10). After a longer one, come back yourself: `retryAfterSeconds` of the error. */
  readonly maxRetryAfterSeconds?: number;
  /** Tokens held in memory at most (10 000). */
  readonly cacheSize?: number;
  readonly fetch?: typeof fetch;
}

/** How one call is made. */
export interface CallOptions {
  /** Leaves the call. What other callers in the process wait for continues for them. */
  readonly signal?: AbortSignal | undefined;
}

/** A consent by its id, or the live consent of a person. */
export type TokenOwner =
  { readonly consentId: string } | { readonly brand: Brand; readonly psuRef: string; readonly scope: Scope };

/**
 * Starts consents and holds access tokens for a service: each is asked for once, kept until shortly before its end, and
 * replaced when the bank refuses it.
 */
export class ConsentHub {
  // Private in the language, not only for the compiler: printing a client prints neither key nor token.
  readonly #transport: Transport;
  readonly #tokens: TokenCache;
  readonly #minValiditySeconds: number;
  readonly #eventWaitSeconds: number;

  /** @throws TypeError when the URL or the key cannot be one */
  constructor(options: ConsentHubOptions) {
    const { timeoutMs = 15_000, retries = 2, maxRetryAfterSeconds = 10, cacheSize = 10_000 } = options;
    const { url, apiKey, fetch = globalThis.fetch } = options;
    this.#transport = new Transport({ url, apiKey, timeoutMs, retries, maxRetryAfterSeconds, fetch });
    this.#tokens = new TokenCache(() => performance.now(), cacheSize);
    this.#minValiditySeconds = options.minValiditySeconds ?? 60;
    // The answer must come before the call is given up.
    this.#eventWaitSeconds = Math.max(0, Math.min(30, Math.floor(timeoutMs / 2000)));
  }

  /**
   * @param idempotencyKey a call with the same key and body gives the same consent, however often it is made
   * @throws ConsentHubError
   */
  async openConsent(
    consent: OpenConsent,
    { idempotencyKey, signal }: CallOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<OpenedConsent> {
    const call = { method: 'POST', path: '/v1/consents', body: consent, signal } as const;
    if (!idempotencyKey) return this.ask(call);
    return this.ask({ ...call, headers: { 'idempotency-key': idempotencyKey }, isRepeatable: true });
  }

  /**
   * Makes a link to the person's own pages, where they see, stop and renew what they share with you. Be sure who the person is: the link
   * shows it to the browser that uses it.
   *
   * @throws ConsentHubError `return_url_not_allowed`, ...
   */
  async openPsuSession(session: OpenPsuSession, { signal }: CallOptions = {}): Promise<PsuSession> {
    return this.ask({ method: 'POST', path: '/v1/psu-sessions', body: session, signal });
  }

  /** @throws ConsentHubError */
  async consent(consentId: string, { signal }: CallOptions = {}): Promise<Consent> {
    return this.ask({ path: consentPath(consentId), signal });
  }

  /** One page of those that you opened; of all, for an admin. @throws ConsentHubError */
  async searchConsents(
    { state = [], ...filters }: ConsentSearch = {},
    { signal }: CallOptions = {},
  ): Promise<FoundConsents> {
    const given: [string, unknown][] = Object.entries(filters);
    const entries = given
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]);
    const query = { ...(Object.fromEntries(entries) as Record<string, string>), state };
    return this.ask({ path: '/v1/consents', query, signal });
  }

  /** @throws ConsentHubError */
  async accounts(consentId: string, { signal }: CallOptions = {}): Promise<readonly Account[]> {
    const path = `${consentPath(consentId)}/accounts`;
    return (await this.ask<{ items: Account[] }>({ path, signal })).items;
  }

  /** Ends a consent and destroys its tokens. @throws ConsentHubError */
  async revokeConsent(consentId: string, { signal }: CallOptions = {}): Promise<Consent> {
    const path = `${consentPath(consentId)}/revoke`;
    return this.ask({ method: 'POST', path, isRepeatable: true, signal });
  }

  /** Brings the code of a payment that came to your own callback. @throws ConsentHubError */
  async exchangePaymentCode(code: PaymentCode, { signal }: CallOptions = {}): Promise<Consent> {
    return this.ask({ method: 'POST', path: '/v1/pis-tokens', body: code, signal });
  }

  /** @throws ConsentHubError `no_sca_token` when there is none or its hour has passed */
  async scaToken(consentId: string, { signal }: CallOptions = {}): Promise<ScaToken> {
    return this.ask({ path: `${consentPath(consentId)}/sca-token`, signal });
  }

  /**
   * Prepares a later authentication of the PSU, for a call that the bank answers with `SCA_REQUIRED`. Nothing is stored.
   *
   * @throws ConsentHubError `consent_not_live`, `sca_for_ais_only`, ...
   */
  async prepareScaAuthorization(consentId: string, { signal }: CallOptions = {}): Promise<ScaAuthorization> {
    const path = `${consentPath(consentId)}/sca-authorizations`;
    return this.ask({ method: 'POST', path, isRepeatable: true, signal });
  }

  /**
   * An access token that lasts at least the configured validity, or, when the hub cannot give one, as long as it may.
   *
   * @throws ConsentHubError `consent_not_live` with the `action` needed, `consent_not_found`, ...
   */
  async accessToken(owner: TokenOwner, { signal }: CallOptions = {}): Promise<AccessToken> {
    signal?.throwIfAborted();
    const key = keyOf(owner);
    const held = this.#tokens.find(key, this.#minValiditySeconds);
    return (
      held ??
      unlessLeft(
        signal,
        this.#tokens.share(key, () => this.askForToken(key, owner)),
      )
    );
  }

  /**
   * Says that the bank refused a token (401), and gives the one to use now.
   *
   * @throws ConsentHubError
   */
  async reportRejection(token: AccessToken, { signal }: CallOptions = {}): Promise<AccessToken> {
    signal?.throwIfAborted();
    const key = `${token.consent_id} ${token.generation}`;
    return unlessLeft(
      signal,
      this.#tokens.share(key, () => this.askForAnother(token)),
    );
  }

  /**
   * Calls the bank with a token. When it answers 401, the token is reported and the call is made once more with the next.
   *
   * @param call your call of the bank's API; it is made twice at most
   */
  async withAccessToken(
    owner: TokenOwner,
    call: (token: AccessToken) => Promise<Response>,
    options: CallOptions = {},
  ): Promise<Response> {
    const token = await this.accessToken(owner, options);
    const answer = await call(token);
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    return call(await this.reportRejection(token, options));
  }

  /**
   * Events, one after the other, without an end: waits for the next one, and continues where it was when the hub could not be reached. Store
   * the `id` of the last event that you have dealt with, and give it as `after` when the program starts again. Leave it by `break` or by
   * the signal, which makes it throw the signal's reason.
   *
   * @throws ConsentHubError what waiting does not help against: `event_type_unknown`, `event_unknown`, `permission_missing`, ...
   */
  events(selection: EventSelection = {}, { signal }: CallOptions = {}): AsyncGenerator<HubEvent, never> {
    return followEvents(this.#transport, selection, { signal, waitSeconds: this.#eventWaitSeconds });
  }

  private async askForToken(key: string, owner: TokenOwner): Promise<AccessToken> {
    const held = this.#tokens.peek(key);
    const askedAt = performance.now();
    try {
      const { isUnchanged, body, etag } = await this.#transport.send<Partial<AccessToken>>({
        ...tokenCall(owner, this.#minValiditySeconds),
        headers: held?.etag ? { 'if-none-match': held.etag } : {},
        // A caller with a valid token does not wait for a better one.
        isRepeatable: !this.#tokens.find(key, 0),
      });
      if (isUnchanged && held) return held.token;
      return this.#tokens.store(key, tokenOf(body), etag, askedAt);
    } catch (error) {
      // Better a token that lasts a few seconds than none.
      const rest = isOutage(error) ? this.#tokens.find(key, 0) : null;
      if (rest) return rest;
      if (!isOutage(error)) this.#tokens.drop(key);
      throw error;
    }
  }

  private async askForAnother(token: AccessToken): Promise<AccessToken> {
    const keys = this.#tokens.forget(token);
    const askedAt = performance.now();
    const next = await this.ask<Partial<AccessToken>>({
      method: 'POST',
      path: `${consentPath(token.consent_id)}/access-token/rejections`,
      body: { generation: token.generation },
      // It names the generation, so the hub refreshes once, also when the report is repeated.
      isRepeatable: true,
    });
    const found = tokenOf(next);
    for (const key of keys) this.#tokens.store(key, found, null, askedAt);
    return found;
  }

  private async ask<T>(call: Call): Promise<T> {
    return (await this.#transport.send<T>(call)).body;
  }
}

/** Nothing was said of the consent. */
const isOutage = (error: unknown): boolean =>
  error instanceof ConsentHubError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** What is not a token must not be kept as one: something else may answer in the hub's place. */
function tokenOf(body: Partial<AccessToken>): AccessToken {
  if (typeof body.access_token === 'string' && Number.isFinite(body.expires_in)) return body as AccessToken;
  throw new ConsentHubError('Not the hub’s answer: no token', { status: 200, code: 'unexpected_answer' });
}

/** The same for the same owner, in any order of its fields. */
const keyOf = (owner: TokenOwner): string =>
  JSON.stringify('consentId' in owner ? [owner.consentId] : [owner.brand, owner.scope, owner.psuRef]);

/** Anything else could lead to another path: `..` does, however it is written. */
function consentPath(consentId: string): string {
  if (!/^[\w-]+$/.test(consentId)) throw new TypeError('consentId is not the id of a consent');
  return `/v1/consents/${consentId}`;
}

function tokenCall(owner: TokenOwner, minValiditySeconds: number): Call {
  const query = { min_validity_seconds: String(minValiditySeconds) };
  if ('consentId' in owner) return { path: `${consentPath(owner.consentId)}/access-token`, query };
  const { brand, psuRef, scope } = owner;
  return { path: '/v1/access-token', query: { ...query, brand, psu_ref: psuRef, scope } };
}
