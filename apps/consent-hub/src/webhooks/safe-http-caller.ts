import { lookup as lookupAll } from 'node:dns/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { types } from 'node:util';
import { Agent, type Dispatcher } from 'undici';
import { isPublicAddress } from './public-address.js';
import { faultOfUrl, literalOf } from './webhook-url.js';

/** The result of a call: the status of the answer, or one of the words below. */
export interface CallOutcome {
  /** Null where no answer came. */
  readonly status: number | null;
  /** Null after 2xx; a word of ours, never text of the receiver. */
  readonly error: string | null;
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
}

/** Resolves a name to all of its addresses; replaced in tests. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

export interface SafeHttpOptions {
  /** Whether private networks may be called, and called without TLS. */
  readonly allowsPrivate: boolean;
  /** Authorities in PEM; absent: those of Node. */
  readonly ca?: string;
  /** Over connection, request and answer. */
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}

const ADDRESS_REFUSED = 'ADDRESS_REFUSED';
/** Read of an answer's body, so that its connection can be used again; the rest is cut off. */
const READ_BYTES = 4096;
const READ_MS = 1000;
/** URLs that were looked at and are remembered: those of all webhooks of most hubs. */
const MOST_TARGETS = 1_000;

const NO_ANSWER = { status: null, retryAfter: undefined, date: undefined };

class AddressRefusedError extends Error {
  readonly code = ADDRESS_REFUSED;
}

/** Where a message goes; null: the URL, or the address in it, may not be called. */
type Target = { readonly origin: string; readonly path: string } | null;

/**
 * Posts to addresses that an API client has chosen. A name is resolved for each connection, refused if any of its addresses is not
 * public, and the connection goes to the addresses that were checked: the name is not resolved a second time. Redirects are not
 * followed; nothing of an answer is kept but its status.
 */
export class SafeHttpCaller {
  private readonly agent: Agent;
  private readonly resolve: Resolve;
  /** By their URL: to read one takes as long as to sign a message. */
  private readonly targets = new Map<string, Target>();

  constructor(private readonly options: SafeHttpOptions) {
    this.resolve = options.resolve ?? ((hostname) => lookupAll(hostname, { all: true }));
    const { ca, timeoutMs } = options;
    // No limit of connections for an origin: receivers at the same one would take each other's.
    this.agent = new Agent({
      connect: { lookup: this.lookup, timeout: timeoutMs, ...(ca !== undefined && { ca }) },
      // One deadline over all, kept by each exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
    });
  }

  /**
   * Whether a receiver at this URL could be called now.
   *
   * @returns undefined, or `address_refused` or `dns_failed`
   */
  async check(url: string): Promise<'address_refused' | 'dns_failed' | undefined> {
    try {
      await this.addressesOf(literalOf(new URL(url).hostname));
      return undefined;
    } catch (error) {
      return error instanceof AddressRefusedError ? 'address_refused' : 'dns_failed';
    }
  }

  /** Posts once, and never rejects. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<CallOutcome> {
    const target = this.targetOf(url);
    if (!target) return Promise.resolve({ ...NO_ANSWER, error: 'address_refused' });
    return new Promise((resolve) => {
      const exchange = new Exchange(this.options.timeoutMs, resolve);
      this.agent.dispatch({ ...target, method: 'POST', headers, body }, exchange);
    });
  }

  /** Ends the connections; calls that are under way fail. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private targetOf(url: string): Target {
    const known = this.targets.get(url);
    if (known !== undefined) return known;
    if (this.targets.size >= MOST_TARGETS) this.targets.clear();
    const target = this.read(url);
    this.targets.set(url, target);
    return target;
  }

  private read(url: string): Target {
    if (faultOfUrl(url, this.options) !== undefined) return null;
    const { hostname, origin, pathname, search } = new URL(url);
    // An address is connected to without a look-up.
    const literal = literalOf(hostname);
    if (isIP(literal) !== 0 && !this.mayCall(literal)) return null;
    return { origin, path: pathname + search };
  }

  private mayCall(address: string): boolean {
    return this.options.allowsPrivate || isPublicAddress(address);
  }

  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.addressesOf(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => callback(types.isNativeError(error) ? error : new Error('not resolved'), []),
    );
  };

  /** @throws AddressRefusedError, or what the resolver throws */
  private async addressesOf(hostname: string): Promise<readonly { address: string; family: number }[]> {
    const family = isIP(hostname);
    const addresses = family === 0 ? await this.resolve(hostname) : [{ address: hostname, family }];
    if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
    if (!addresses.every(({ address }) => this.mayCall(address)))
      throw new AddressRefusedError('not a public address');
    return addresses;
  }
}

/** A request and its answer. It costs less than `request` of undici, which makes a stream of every body. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private isSettled = false;
  private isLate = false;
  private answer: CallOutcome | undefined;
  private bytes = 0;
  private timer: NodeJS.Timeout;

  constructor(
    timeoutMs: number,
    private readonly resolve: (outcome: CallOutcome) => void,
  ) {
    this.timer = setTimeout(() => this.expire(), timeoutMs);
  }

  /** Called before the first byte is written. Throwing makes undici drop the request: its deadline has passed, or it was written before. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isSettled || this.controller) throw new Error('not written');
    this.controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // The final answer is still to come.
    if (status < 200) return;
    const isSuccess = status <= 299;
    this.answer = {
      status,
      error: isSuccess ? null : `http_${status}`,
      // A header that came twice is an array.
      retryAfter: [headers['retry-after']].flat()[0],
      date: [headers.date].flat()[0],
    };
    // The status has decided; a body that is too long, too slow or broken off only costs its connection.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => controller.abort(new Error('too slow')), READ_MS);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > READ_BYTES) controller.abort(new Error('too long'));
  }

  onResponseEnd(): void {
    this.settle(this.answer ?? { ...NO_ANSWER, error: 'answer_unreadable' });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.settle(this.answer ?? { ...NO_ANSWER, error: this.isLate ? 'timeout' : wordOf(error) });
  }

  private expire(): void {
    this.isLate = true;
    if (this.controller) this.controller.abort(new Error('timeout'));
    else this.settle({ ...NO_ANSWER, error: 'timeout' });
  }

  private settle(outcome: CallOutcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    clearTimeout(this.timer);
    this.resolve(outcome);
  }
}

const WORDS: readonly (readonly [codes: RegExp, word: string])[] = [
  [/^ADDRESS_REFUSED$/, 'address_refused'],
  [/^(?:ENOTFOUND|ENODATA|EAI_\w+)$/, 'dns_failed'],
  [/CERT|SIGNATURE|ISSUER|^ERR_TLS|^ERR_SSL|^EPROTO$/, 'tls_failed'],
  [/TIMEOUT|^ETIMEDOUT$/, 'timeout'],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'connection_refused'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'connection_reset'],
  [/^(?:HPE_|UND_ERR_HEADERS|UND_ERR_RESPONSE|UND_ERR_RES)/, 'answer_unreadable'],
];

/** By its code: the text of an error may repeat what the receiver wrote. */
function wordOf(error: unknown): string {
  const code = codeOf(error);
  return WORDS.find(([codes]) => codes.test(code))?.[1] ?? 'call_failed';
}

/** A name with several addresses fails once for each: the first one speaks for all. */
function codeOf(error: unknown): string {
  if (!types.isNativeError(error)) return '';
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  if (first !== undefined) return codeOf(first);
  // undici gives it no code.
  if (error.name === 'HTTPParserError') return 'HPE_';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
