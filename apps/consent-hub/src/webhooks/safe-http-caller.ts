import { lookup as lookupAll } from 'node:dns/promises';
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

class AddressRefusedError extends Error {
  readonly code = ADDRESS_REFUSED;
}

/**
 * Posts to addresses that an API client has chosen. A name is resolved for each connection, refused if any of its addresses is not
 * public, and the connection goes to the addresses that were checked: the name is not resolved a second time. Redirects are not
 * followed; nothing of an answer is kept but its status.
 */
export class SafeHttpCaller {
  private readonly agent: Agent;
  private readonly resolve: Resolve;

  constructor(private readonly options: SafeHttpOptions) {
    this.resolve = options.resolve ?? ((hostname) => lookupAll(hostname, { all: true }));
    const { ca, timeoutMs } = options;
    // No limit of connections for an origin: receivers at the same one would take each other's.
    this.agent = new Agent({
      connect: { lookup: this.lookup, timeout: timeoutMs, ...(ca !== undefined && { ca }) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
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
  async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<CallOutcome> {
    const noAnswer = { status: null, retryAfter: undefined, date: undefined };
    if (faultOfUrl(url, this.options) !== undefined) return { ...noAnswer, error: 'address_refused' };
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.options.timeoutMs);
    try {
      const { hostname } = new URL(url);
      // An address is connected to without a look-up.
      if (isIP(literalOf(hostname)) !== 0) await this.addressesOf(literalOf(hostname));
      const signal = deadline.signal;
      return await this.outcomeOf(
        await this.agent.request({ ...targetOf(url), method: 'POST', headers, body, signal }),
      );
    } catch (error) {
      return { ...noAnswer, error: deadline.signal.aborted ? 'timeout' : wordOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connections; calls that are under way fail. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async outcomeOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<CallOutcome> {
    // The status has decided; a body that is too long, too slow or broken off only costs its connection.
    await body.dump({ limit: READ_BYTES, signal: AbortSignal.timeout(READ_MS) }).catch(() => undefined);
    const isSuccess = statusCode >= 200 && statusCode < 300;
    return {
      status: statusCode,
      error: isSuccess ? null : `http_${statusCode}`,
      retryAfter: [headers['retry-after']].flat()[0],
      date: [headers['date']].flat()[0],
    };
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
    if (!this.options.allowsPrivate && !addresses.every(({ address }) => isPublicAddress(address)))
      throw new AddressRefusedError('not a public address');
    return addresses;
  }
}

function targetOf(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
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
