import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import type { Brand } from '@consent-hub/psd2-protocol';
import { HttpReader, type HttpMessage } from './http-reader.js';

/** One call of POST /token, as it passed between a hub and the bank. Moments are `performance.now()` of this process. */
export interface TokenCall {
  /** The replica that made it. */
  readonly by: string;
  readonly brand: Brand;
  readonly grantType: string;
  /** SHA-256, in hexadecimal, of the refresh token or code that it spent. */
  readonly spent: string;
  readonly sentAt: number;
  answer: TokenCallAnswer | null;
  /** When the connection was of no more use to it: the answer was handed over, or one side had closed it. */
  endedAt: number | null;
  /** When its connection was closed, which a hub that gives up does. */
  closedAt: number | null;
}

export interface TokenCallAnswer {
  readonly status: number;
  /** SHA-256, in hexadecimal, of the refresh token in it. */
  readonly granted: string | null;
  /** When its last byte was in the hands of the operating system that the hub runs on; null as long as it is not. */
  handedOverAt: number | null;
}

interface RelayOptions {
  readonly by: string;
  readonly brand: Brand;
  readonly bankPort: number;
  readonly certificates: DevelopmentCertificates;
}

/**
 * Connects one replica and one brand of the bank and records the token calls. What goes through is not changed: not
 * a byte, not the end of a connection. It has the hub's certificate towards the bank and the bank's towards the hub, so
 * that it can find by its token which answer reached which replica, and when.
 */
export class BankRelay {
  readonly calls: TokenCall[] = [];
  /** How long the next answer is held back, milliseconds. */
  holdMs: () => number = () => 0;
  /** Called when an answer that grants a pair is about to be handed over. */
  onGrant: () => void = () => undefined;
  /** Called when a call is on its way to the bank. */
  onCall: () => void = () => undefined;
  private readonly server: Server;
  private readonly open = new Set<TLSSocket>();

  constructor(private readonly options: RelayOptions) {
    const { server, caFile } = options.certificates;
    this.server = createServer(
      {
        cert: readFileSync(server.certFile),
        key: readFileSync(server.keyFile),
        ca: readFileSync(caFile),
        requestCert: true,
      },
      (hub) => this.connect(hub),
    );
    // A process that was killed in its handshake.
    this.server.on('tlsClientError', () => undefined);
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private connect(hub: TLSSocket): void {
    const { brand, bankPort, certificates } = this.options;
    const { certFile, keyFile } = certificates.clients[brand];
    const bank = connect({
      host: '127.0.0.1',
      port: bankPort,
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      ca: readFileSync(certificates.caFile),
    });
    const [requests, answers] = [new HttpReader(), new HttpReader()];
    let call: TokenCall | null = null;
    let handingOver = Promise.resolve();

    hub.on('data', (chunk: Buffer) => {
      for (const message of requests.read(chunk)) call = this.noteCall(message);
      bank.write(chunk);
    });
    bank.on('data', (chunk: Buffer) => {
      const [message] = answers.read(chunk);
      const answered = message && call;
      if (answered) answered.answer = answerOf(message);
      handingOver = handingOver.then(() => this.handOver(hub, chunk, answered ?? null));
    });
    // What the bank has sent is handed over before the end of its connection is.
    bank.on('close', (hadError) => void handingOver.then(() => (hadError ? hub.destroy() : hub.end())));
    hub.on('close', () => bank.destroy());
    for (const socket of [hub, bank]) {
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open.delete(socket);
        if (!call) return;
        call.closedAt ??= performance.now();
        call.endedAt ??= call.closedAt;
      });
    }
  }

  private noteCall({ startLine, body }: HttpMessage): TokenCall | null {
    if (!/^POST \S*\/token\b/.test(startLine)) return null;
    const form = new URLSearchParams(body);
    const call: TokenCall = {
      by: this.options.by,
      brand: this.options.brand,
      grantType: form.get('grant_type') ?? '',
      spent: hexHashOf(form.get('refresh_token') ?? form.get('code') ?? ''),
      sentAt: performance.now(),
      answer: null,
      endedAt: null,
      closedAt: null,
    };
    this.calls.push(call);
    this.onCall();
    return call;
  }

  private async handOver(hub: TLSSocket, chunk: Buffer, call: TokenCall | null): Promise<void> {
    if (call?.answer?.granted) {
      const holdMs = this.holdMs();
      if (holdMs > 0) await delay(holdMs);
      this.onGrant();
    }
    if (hub.destroyed) return;
    await new Promise<void>((done) => {
      hub.write(chunk, (error) => {
        if (!error && call?.answer) call.endedAt = call.answer.handedOverAt = performance.now();
        done();
      });
    });
  }
}

const answerOf = ({ startLine, body }: HttpMessage): TokenCallAnswer => ({
  status: Number(startLine.split(' ')[1]),
  granted: grantedToken(body),
  handedOverAt: null,
});

/** SHA-256, in hexadecimal, of the refresh token in an answer, be the rest of it readable or not. */
export function grantedToken(body: string): string | null {
  const token = /"refresh_token"\s*:\s*"([^"]+)"/.exec(body)?.[1];
  return token === undefined ? null : hexHashOf(token);
}

export const hexHashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
