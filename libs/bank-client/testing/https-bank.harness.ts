import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { mtlsOptions, readPspCertificate, type MtlsFiles } from '@consent-hub/eidas';

/** A request as it came over the wire. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  /** In the spelling of the sender. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clientName: string | undefined;
}

export type Script = (response: ServerResponse, call: SeenCall) => void;

/** For the tests of this library: an https server that asks for client certificates and answers as the test says. */
export class HttpsBank {
  readonly calls: SeenCall[] = [];
  connections = 0;
  script: Script = (response) => response.end('[]');
  private readonly sockets = new Set<TLSSocket>();
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {
    server.on('secureConnection', (socket: TLSSocket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    });
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response),
    );
  }

  static async start(files: MtlsFiles, port = 0): Promise<HttpsBank> {
    const server = createServer({ ...mtlsOptions(files), requestCert: true, rejectUnauthorized: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new HttpsBank(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  /** Resolves once that many calls have come. */
  async seen(count: number): Promise<void> {
    while (this.calls.length < count) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Ends every connection in order, and resolves once the other sides have noticed. */
  async closeConnections(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => once(socket.end(), 'close')));
  }

  /** Closes all connections. */
  disconnect(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.disconnect();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const pairs = request.rawHeaders.flatMap((name, i) =>
      i % 2 ? [] : [[name, request.rawHeaders[i + 1] ?? '']],
    );
    const peer = (request.socket as TLSSocket).getPeerCertificate().raw;
    const call: SeenCall = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: Object.fromEntries(pairs) as Record<string, string>,
      body: Buffer.concat(chunks).toString('utf8'),
      clientName: readPspCertificate(peer).commonName,
    };
    this.calls.push(call);
    for (const resume of this.waiting) resume();
    this.waiting.clear();
    this.script(response, call);
  }
}

/** Answers as the bank does: JSON, and the Request-ID echoed. */
export const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (response, call) => {
    response.writeHead(status, {
      'Content-Type': 'application/json;charset=utf-8',
      'Response-ID': call.headers['Request-ID'],
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
