import { setTimeout } from 'node:timers/promises';
import { types } from 'node:util';
import type { Command } from 'commander';
import { CommandFailure, UsageError, type Shell } from './command.js';
import { printable } from './output.js';

/** What commands read that work over HTTP. */
export const HUB_VARIABLES = 'CONSENT_HUB_URL and CONSENT_HUB_API_KEY';

/** How the hub is named at the command line; what is absent is in the environment. */
export interface HubOptions {
  readonly url?: string;
  readonly apiKey?: string;
}

export const withHubOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'where the hub is; default CONSENT_HUB_URL')
    .option(
      '--api-key <key>',
      'of an API client; default CONSENT_HUB_API_KEY, which no list of processes shows',
    );

/** Problem details as the hub writes them. */
export interface HubProblem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
  readonly [member: string]: unknown;
}

/** The hub refused. */
export class HubRefusal extends Error {
  constructor(readonly problem: HubProblem) {
    super(`${problem.detail} (${problem.code})`);
  }
}

type Query = Readonly<Record<string, string | readonly string[]>>;

const ANSWER_WITHIN_MS = 120_000;
/** A stream without data for so long counts as broken: the hub sends a comment every 15 seconds. */
const SILENT_FOR_MS = 45_000;
/** Calls in all, where the hub asks to come back later. */
const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 60;
/** What a header can hold. Checked here, because an error of `fetch` would repeat the value. */
const KEY = /^[\x21-\x7e]+$/;
/** Codes of Node and OpenSSL by which a connection fails that was made, but is not trusted. */
const OF_TLS = /CERT|SIGNATURE|ISSUER|^ERR_TLS|^ERR_SSL|^EPROTO$/;

/** Calls of the hub's API with the key of an API client. */
export class HubApi {
  readonly #url: string;
  readonly #key: string;
  readonly #progress: Shell['progress'];

  private constructor(url: string, key: string, progress: Shell['progress']) {
    this.#url = url;
    this.#key = key;
    this.#progress = progress;
  }

  /** @throws UsageError when the address of the hub or the key is missing */
  static of({ env, progress }: Shell, { url, apiKey }: HubOptions): HubApi {
    const given = url ?? env['CONSENT_HUB_URL'] ?? '';
    const key = apiKey ?? env['CONSENT_HUB_API_KEY'] ?? '';
    if (given === '') throw new UsageError('No hub is named: set CONSENT_HUB_URL, or give --url <url>.');
    if (!isBaseUrl(given))
      throw new UsageError(
        'The URL of the hub must be http or https, without credentials, query and fragment.',
      );
    if (key === '')
      throw new UsageError('No API key is given: set CONSENT_HUB_API_KEY, or give --api-key <key>.');
    if (!KEY.test(key)) throw new UsageError('The API key is not one: it holds blanks or other characters.');
    return new HubApi(given.replace(/\/+$/, ''), key, progress);
  }

  /** Where the hub is. */
  get url(): string {
    return this.#url;
  }

  /** @throws UsageError, HubRefusal, CommandFailure */
  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.send<T>(this.addressOf(path, query), { method: 'GET' });
  }

  /**
   * Server-Sent Events, until the stream ends: `data` of each, and null for a comment, which the hub sends every 15 seconds.
   *
   * @param lastId the stream continues after that event
   * @throws UsageError, HubRefusal, CommandFailure
   */
  async *stream<T>(path: string, query: Query, lastId?: string): AsyncGenerator<T | null, void> {
    const silence = new AbortController();
    const timer = setInterval(() => silence.abort(new DOMException('silent', 'TimeoutError')), SILENT_FOR_MS);
    try {
      const answer = await fetch(this.addressOf(path, query), {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${this.#key}`,
          ...(lastId !== undefined && { 'last-event-id': lastId }),
        },
        redirect: 'manual',
        signal: silence.signal,
      });
      if (answer.status !== 200 || !answer.body) {
        this.bodyOf({ status: answer.status, body: parsed(await answer.text()) });
        return;
      }
      let text = '';
      for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
        timer.refresh();
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) yield dataOf(block) as T | null;
      }
    } catch (error) {
      if (error instanceof HubRefusal || error instanceof UsageError || error instanceof CommandFailure)
        throw error;
      throw new CommandFailure(this.failureText(error), { cause: error });
    } finally {
      clearInterval(timer);
    }
  }

  /** @throws UsageError, HubRefusal, CommandFailure */
  post<T>(path: string, body?: object): Promise<T> {
    return this.send<T>(new URL(this.#url + path), {
      method: 'POST',
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  }

  private addressOf(path: string, query: Query): URL {
    const address = new URL(this.#url + path);
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat()) address.searchParams.append(name, one);
    return address;
  }

  private async send<T>(address: URL, init: RequestInit): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.exchange(address, init);
      const seconds = answer.status === 429 && attempt < ATTEMPTS ? answer.retryAfterSeconds : null;
      if (seconds === null || seconds > LONGEST_WAIT_SECONDS) return this.bodyOf(answer) as T;
      this.#progress(`the hub limits requests: waiting ${seconds} s`);
      await setTimeout(seconds * 1000);
    }
  }

  private async exchange(address: URL, init: RequestInit) {
    try {
      const answer = await fetch(address, {
        ...init,
        headers: { accept: 'application/json', authorization: `Bearer ${this.#key}`, ...init.headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const retryAfter = answer.headers.get('retry-after') ?? '';
      return {
        status: answer.status,
        retryAfterSeconds: /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null,
        body: parsed(await answer.text()),
      };
    } catch (error) {
      throw new CommandFailure(this.failureText(error), { cause: error });
    }
  }

  private bodyOf({ status, body }: { readonly status: number; readonly body: unknown }): object {
    if (status >= 200 && status < 300 && isObject(body)) return body;
    if (status < 400 || !isProblem(body))
      throw new CommandFailure(`${this.#url} does not answer as a hub does: status ${status}.`);
    // Fields differ from the options of the commands by the hyphen only.
    const faults = body.errors?.map(({ field, detail }) =>
      printable(`--${field.replaceAll('_', '-')} ${detail}`),
    );
    const refusal = new HubRefusal({ ...body, code: printable(body.code), detail: printable(body.detail) });
    if (status === 400) throw new UsageError(faults?.join('\n') ?? refusal.message);
    throw refusal;
  }

  /** Text of a failed call: only the code of the error, for its message may repeat what was sent. */
  private failureText(error: unknown): string {
    if (types.isNativeError(error) && error.name === 'TimeoutError')
      return `The hub at ${this.#url} did not answer within ${ANSWER_WITHIN_MS / 1000} s; it may still do what was asked.`;
    const code = codeOf(error);
    return OF_TLS.test(code)
      ? `No secure connection to ${this.#url}: ${code}. Authorities of your own are named by NODE_EXTRA_CA_CERTS.`
      : `The hub cannot be reached at ${this.#url}: ${code}.`;
  }
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (body: unknown): body is object =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

const isProblem = (body: unknown): body is HubProblem =>
  isObject(body) &&
  'code' in body &&
  'detail' in body &&
  typeof body.code === 'string' &&
  typeof body.detail === 'string';

/** `fetch` hides what went wrong in the cause; a name with several addresses fails once for each. */
function codeOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  return codeOf(error.cause ?? first);
}

/** Null for a comment. */
function dataOf(block: string): unknown {
  const data = block.split('\n').find((line) => line.startsWith('data: '));
  return data === undefined ? null : (parsed(data.slice('data: '.length)) ?? null);
}
