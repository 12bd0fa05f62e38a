import type { AccessToken } from './wire.js';

export interface HeldToken {
  readonly token: AccessToken;
  /** Under which the hub knows it again. */
  readonly etag: string | null;
  /** By a monotonic clock, milliseconds. */
  readonly endsAt: number;
}

/** The tokens that this process holds, each under the consent or the person it was asked for. */
export class TokenCache {
  readonly #held = new Map<string, HeldToken>();
  readonly #underWay = new Map<string, Promise<AccessToken>>();

  constructor(
    private readonly now: () => number,
    /** Tokens held at most; the one that was stored longest ago goes first. */
    private readonly capacity: number,
  ) {}

  /** The token, as long as it lasts so long still. */
  find(key: string, forSeconds: number): AccessToken | null {
    const held = this.#held.get(key);
    return held && held.endsAt - this.now() > forSeconds * 1000 ? held.token : null;
  }

  peek(key: string): HeldToken | undefined {
    return this.#held.get(key);
  }

  /**
   * @param askedAt when the hub was asked: its answer may have been under way for a while
   * @returns the token
   */
  store(key: string, token: AccessToken, etag: string | null, askedAt: number): AccessToken {
    this.#held.delete(key);
    // What may be refused any moment is asked for again each time.
    if (token.in_doubt) return token;
    this.#held.set(key, { token, etag, endsAt: askedAt + token.expires_in * 1000 });
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.capacity) break;
      this.#held.delete(oldest);
    }
    return token;
  }

  drop(key: string): void {
    this.#held.delete(key);
  }

  /** @returns under what that token, or an older one of its consent, was held; it is forgotten */
  forget({ consent_id: consentId, generation }: AccessToken): string[] {
    const keys = [...this.#held]
      .filter(([, { token }]) => token.consent_id === consentId && token.generation <= generation)
      .map(([key]) => key);
    for (const key of keys) this.#held.delete(key);
    return keys;
  }

  /** Callers who ask at the same time for the same share one call. */
  share(key: string, ask: () => Promise<AccessToken>): Promise<AccessToken> {
    const shared = this.#underWay.get(key) ?? ask().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, shared);
    return shared;
  }
}
