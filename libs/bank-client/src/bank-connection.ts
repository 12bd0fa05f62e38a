import { createSecureContext, type SecureContext } from 'node:tls';
import { CertificateError, type MtlsOptions } from '@consent-hub/eidas';
import { HEADER } from '@consent-hub/psd2-protocol';
import type { Span } from '@opentelemetry/api';
import { Pool } from 'undici';
import type { BankEndpoint } from './bank-call-events.js';
import { MAX_ANSWER_BYTES } from './answer-text.js';
import { BankError } from './bank-error.js';
import { Exchange, type BankAnswer } from './exchange.js';
import type { BankSettings } from './settings.js';
import { tlsConnector } from './tls-connector.js';

export interface BankCall {
  readonly requestId: string;
  readonly endpoint: BankEndpoint;
  /** Span of the operation that makes the call. */
  readonly span?: Span | undefined;
  readonly method: 'GET' | 'POST';
  /** With its query, from `/`. */
  readonly path: string;
  /** Besides its Request-ID. */
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Asked right before the first byte is written. Absent: it may be. */
  readonly maySend?: () => boolean;
  /** Whether all that matters of a success had arrived before it broke off. Absent: never. */
  readonly isEnough?: (body: string) => boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Limit of all headers together; undici's own limit is 16 KiB, and an answer beyond it is lost. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** The kept-alive, mutually authenticated connections to one host of the bank. */
export class BankConnection {
  private pool: Pool;
  private readonly origin: string;
  private readonly basePath: string;
  /** Pools that were replaced, until their running calls have ended. */
  private readonly draining = new Set<Promise<void>>();

  /** @throws CertificateError `not_usable` */
  constructor(
    private readonly settings: BankSettings,
    private readonly connections: number,
    options: MtlsOptions,
  ) {
    const url = new URL(settings.apiUrl);
    if (url.protocol !== 'https:')
      throw new TypeError(`the API of the bank must be an https URL, not ${url.protocol}`);
    this.origin = url.origin;
    this.basePath = url.pathname.replace(/\/$/, '');
    this.pool = this.poolWith(options);
  }

  /**
   * New calls use other certificates from now on; running ones end on the connections that they have.
   *
   * @throws CertificateError `not_usable`; nothing has changed then
   */
  renew(options: MtlsOptions): void {
    const before = this.pool;
    this.pool = this.poolWith(options);
    const drained = before.close().finally(() => this.draining.delete(drained));
    this.draining.add(drained);
  }

  private poolWith(options: MtlsOptions): Pool {
    // Checked once for all connections: that costs more than the rest of a handshake.
    const secureContext = this.secureContextOf(options);
    // An idle connection lives undici's four seconds, or as long as the server announces: the longer it lies idle, the
    // likelier the server closes it just when a request is written, and that request's outcome is then unknown.
    return new Pool(this.origin, {
      connections: this.connections,
      pipelining: 1,
      connect: tlsConnector({ secureContext, timeout: CONNECT_TIMEOUT_MS }),
      // One deadline over all, kept by the exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
  }

  /**
   * Sends once, never again by itself, follows no redirect, and returns the answer with any status.
   *
   * @throws BankError `not_sent`, `outcome_unknown`, or what an incomplete answer still shows
   */
  async exchange(call: BankCall): Promise<BankAnswer> {
    const { requestId, method, body = null } = call;
    const headers = { [HEADER.requestId]: requestId, 'Accept-Encoding': 'identity', ...call.headers };
    const answer = await new Promise<BankAnswer | BankError>((resolve) => {
      const exchange = new Exchange(call, (outcome, begun) =>
        resolve(begun && call.isEnough?.(begun.body) ? begun : outcome),
      );
      this.pool.dispatch({ method, path: this.basePath + call.path, headers, body }, exchange);
    });
    if (answer instanceof BankError) throw answer;
    return answer;
  }

  /** Lets running calls finish, each at its deadline at the latest. */
  async close(): Promise<void> {
    await Promise.all([...this.draining, this.pool.closed ? undefined : this.pool.close()]);
  }

  private secureContextOf(options: MtlsOptions): SecureContext {
    try {
      return createSecureContext(options);
    } catch (cause) {
      const { certFile, keyFile } = this.settings.tls;
      throw new CertificateError('not_usable', `TLS cannot use ${certFile} and ${keyFile}`, { cause });
    }
  }
}
