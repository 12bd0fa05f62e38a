import { ConsentHubError, errorOf } from './consent-hub-error.js';
import { pause, TIMED_OUT, within } from './leaving.js';

export interface TransportOptions {
  /** Where the hub is, e.g. `https://consents.internal`; a path in it is kept in front of every call's. */
  readonly url: string;
  readonly apiKey: string;
  /** Longest wait for one answer, milliseconds. */
  readonly timeoutMs: number;
  /** How often a call is made again that the hub asks to make later. */
  readonly retries: number;
  /** The longest such wait; a longer one is left to the caller. */
  readonly maxRetryAfterSeconds: number;
  readonly fetch: typeof fetch;
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  /** A list repeats its name. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is made again when the hub says so; without a word, a GET is and a POST is not. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  readonly isUnchanged: boolean;
  readonly etag: string | null;
  readonly body: T;
}

/** Waits are extended by up to a quarter, so that callers with the same Retry-After do not return at the same time. */
const MAX_STRETCH = 0.25;
/** What a header can hold. Checked here, because an error of `fetch` would repeat the value. */
const USABLE_KEY = /^[\x21-\x7e]+$/;

/** Authenticated calls of the hub's API. Nothing of it is shown when it is printed. */
export class Transport {
  readonly #options: TransportOptions;

  /** @throws TypeError when no call could ever be made */
  constructor(options: TransportOptions) {
    if (!USABLE_KEY.test(options.apiKey))
      throw new TypeError('apiKey is empty, or cannot be sent in a header');
    if (!isUsable(options.url))
      throw new TypeError('url must be an http or https URL without user and query');
    this.#options = { ...options, url: options.url.replace(/\/+$/, '') };
  }

  /**
   * Answers of 2xx and 304.
   *
   * @throws ConsentHubError
   */
  async send<T>(call: Call): Promise<Answer<T>> {
    const isRepeatable = call.isRepeatable ?? call.method !== 'POST';
    for (let retriesLeft = isRepeatable ? this.#options.retries : 0; ; retriesLeft--) {
      try {
        return await this.sendOnce<T>(call);
      } catch (error) {
        const waitMs = this.waitMs(error);
        if (retriesLeft <= 0 || waitMs === null) throw error;
        await pause(waitMs, call.signal);
      }
    }
  }

  /** Null: it would be of no use, or is left to the caller. */
  private waitMs(error: unknown): number | null {
    if (!(error instanceof ConsentHubError) || (error.status !== 429 && error.status !== 503)) return null;
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds === null || retryAfterSeconds > this.#options.maxRetryAfterSeconds) return null;
    return retryAfterSeconds * 1000 * (1 + MAX_STRETCH * Math.random());
  }

  private async sendOnce<T>(call: Call): Promise<Answer<T>> {
    try {
      return await within(this.#options.timeoutMs, call.signal, (signal) => this.exchange<T>(call, signal));
    } catch (cause) {
      if (cause instanceof ConsentHubError || call.signal?.aborted) throw cause;
      throw cause === TIMED_OUT
        ? new ConsentHubError('The hub did not answer in time', { status: 0, code: 'timed_out' })
        : new ConsentHubError('The hub cannot be reached', { status: 0, code: 'unreachable' }, { cause });
    }
  }

  private async exchange<T>(call: Call, signal: AbortSignal): Promise<Answer<T>> {
    const { method = 'GET', body, headers } = call;
    const { apiKey, fetch } = this.#options;
    const answer = await fetch(this.addressOf(call), {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal,
    });
    const etag = answer.headers.get('etag');
    if (answer.status === 304) return { isUnchanged: true, etag, body: null as T };
    if (!answer.ok) throw await errorOf(answer);
    return { isUnchanged: false, etag, body: (await objectOf(answer)) as T };
  }

  private addressOf({ path, query = {} }: Call): URL {
    const address = new URL(this.#options.url + path);
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value ?? []].flat()) address.searchParams.append(name, one);
    }
    return address;
  }
}

function isUsable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password, search, hash } = new URL(url);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** What JSON.parse complains of, it repeats; the text may hold a token. */
async function objectOf(answer: Response): Promise<object> {
  const text = await answer.text();
  const parsed = parse(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new ConsentHubError('Not the hub’s answer: no JSON object', {
    status: answer.status,
    code: 'unexpected_answer',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
