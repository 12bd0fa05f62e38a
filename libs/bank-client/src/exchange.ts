import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { textOf } from './answer-text.js';
import { BankError, type BankErrorCode } from './bank-error.js';
import { isSuccess } from './http-status.js';

/** An answer with any status. */
export interface BankAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. What cannot be decoded is a text that says so, and holds the bytes. */
  readonly body: string;
}

/** @param begun with an error: what had arrived of a success until it broke off */
type Outcome = (answer: BankAnswer | BankError, begun?: BankAnswer) => void;

/** What an exchange must know of the call that it makes. */
interface Sending {
  readonly requestId: string;
  readonly timeoutMs: number;
  /** Asked right before the first byte is written. Absent: it may be. */
  readonly maySend?: (() => boolean) | undefined;
}

/** Alerts by which a server ends a handshake over our certificate (RFC 8446 section 6.2), as OpenSSL 3 names them. */
const CERTIFICATE_ALERT =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REQUIRED|REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/;
const TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

/**
 * One request and its answer under one deadline. It knows what undici's `request` does not report: whether the request was
 * handed to a connection, hence whether the bank may have acted on it.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private isSettled = false;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];
  private readonly deadline: NodeJS.Timeout;

  constructor(
    private readonly call: Sending,
    private readonly outcome: Outcome,
  ) {
    const { timeoutMs } = call;
    // After a stall the answer may lie in the socket, unread: it is read once more before the deadline is enforced.
    this.deadline = setTimeout(() => setImmediate(() => this.expire()), timeoutMs);
  }

  /**
   * Called right before the first byte is written. Throwing makes undici drop the request unwritten: when its caller
   * no longer waits, if it may not be sent any more, and if it were ever to be written a second time.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isSettled || this.controller || this.call.maySend?.() === false) throw named('NOT_WRITTEN');
    this.controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // RFC 9110 section 15.2: the final answer is still to come. A 101 that switches to nothing gets as far as here.
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.settle(this.answer());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const reason = codeOf(error);
    this.settle(
      new BankError(
        this.conclude(reason),
        { requestId: this.call.requestId, ...(this.status ? { httpStatus: this.status } : {}) },
        { cause: named(reason) },
      ),
      isSuccess(this.status) ? this.answer() : undefined,
    );
  }

  private answer(): BankAnswer {
    const { 'content-encoding': coding = '' } = this.headers;
    const encoding = typeof coding === 'string' ? coding : [coding].flat().join(',');
    const [first] = this.chunks;
    const bytes = first && this.chunks.length === 1 ? first : Buffer.concat(this.chunks);
    const body = textOf(bytes, encoding);
    return { status: this.status, headers: this.headers, body };
  }

  private expire(): void {
    if (this.isSettled) return;
    const reason = named('DEADLINE_PASSED');
    // A connection that still owes an answer cannot be used again: undici closes it, and reports the abortion.
    if (this.controller) this.controller.abort(reason);
    else this.settle(new BankError('not_sent', { requestId: this.call.requestId }, { cause: reason }));
  }

  private conclude(reason: string): BankErrorCode {
    if (!this.controller) return 'not_sent';
    if (this.status === 0) {
      // Under TLS 1.3 the client writes before the server has judged its certificate. A server that ends the handshake
      // by such an alert never reads what was written (RFC 8446 section 4.4.2.4).
      return CERTIFICATE_ALERT.test(reason) ? 'not_sent' : 'outcome_unknown';
    }
    return isSuccess(this.status) && reason === TOO_LARGE ? 'unreadable_answer' : 'outcome_unknown';
  }

  private settle(...outcome: Parameters<Outcome>): void {
    if (this.isSettled) return;
    this.isSettled = true;
    clearTimeout(this.deadline);
    this.outcome(...outcome);
  }
}

/** Only the code word of an error is passed on: undici's parser errors carry what the bank sent. */
function codeOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[A-Z0-9_/]{1,80}$/.test(code) ? code : 'UNKNOWN';
}

const named = (code: string): Error => Object.assign(new Error(code), { code });
