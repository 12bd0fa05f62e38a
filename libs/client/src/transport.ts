import { ConsentHubError, errorOf } from './consent-hub-error.js';

export interface TransportOptions {
  /** Where the hub is, e.g. `https://consents.internal`; a path in it is kept in front of every call's. */
  readonly url: string;
  readonly apiKey: string;
  /** Longest wait for one answer, milliseconds. */
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One authenticated call of the hub's API. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /**
   * Answers of 2xx and 304.
   *
   * @throws ConsentHubError
   */
  async send({ method = 'GET', path, query = {}, body, headers }: Call): Promise<Response> {
    const { url, apiKey, timeoutMs, fetch } = this.options;
    const address = new URL(url.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, value);
    }
    const answer = await fetch(address, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new ConsentHubError('The hub did not answer', { status: 0, code: 'unreachable' }, { cause });
    });
    if (answer.ok || answer.status === 304) return answer;
    throw await errorOf(answer);
  }
}
