import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, issueServerCertificate } from '@consent-hub/eidas';

/** The body of a message, as far as tests look. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: ReceivedEvent;
}

/** What a receiver says: a status with headers, or whatever it does with the response itself. */
type Answer =
  number | { readonly status: number; readonly headers: Record<string, string> } | 'hang up' | 'silence';

/** A receiver of events over TLS, with a certificate of an authority of its own. */
export class EventReceiver {
  readonly messages: ReceivedMessage[] = [];
  /** Under way at this moment, and at most so far. */
  open = 0;
  mostOpen = 0;
  answer: (message: ReceivedMessage) => Answer | Promise<Answer> = () => 204;
  /** Writes the answer itself. */
  stream: ((response: ServerResponse) => void) | null = null;
  private readonly unanswered: ServerResponse[] = [];

  private constructor(
    private readonly server: Server,
    private readonly directory: string,
    readonly url: string,
    readonly caFile: string,
  ) {}

  static async start(): Promise<EventReceiver> {
    const validity = {
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 86_400_000),
    };
    const authority = await createCertificateAuthority({ commonName: 'Test authority', ...validity });
    const issued = await issueServerCertificate(authority, {
      commonName: 'localhost',
      hostNames: ['localhost'],
      addresses: ['127.0.0.1'],
      ...validity,
    });
    const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-receiver-'));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    const server = createServer({ cert: issued.certificate, key: issued.key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const receiver = new EventReceiver(server, directory, `https://localhost:${port}`, caFile);
    receiver.serve();
    return receiver;
  }

  get events(): ReceivedEvent[] {
    return this.messages.map(({ event }) => event);
  }

  /** Answers what was left without an answer. */
  release(status: number): void {
    for (const response of this.unanswered.splice(0)) response.writeHead(status).end();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await rm(this.directory, { recursive: true, force: true });
  }

  private serve(): void {
    this.server.on('request', (request, response) => {
      this.mostOpen = Math.max(this.mostOpen, ++this.open);
      response.once('close', () => this.open--);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const event = JSON.parse(body) as ReceivedEvent;
        const message = { path: request.url ?? '', headers: request.headers, body, event };
        this.messages.push(message);
        if (this.stream) this.stream(response);
        else void this.reply(message, response);
      });
    });
  }

  private async reply(message: ReceivedMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(message);
    if (answer === 'hang up') response.socket?.destroy();
    else if (answer === 'silence') this.unanswered.push(response);
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(answer.status, answer.headers).end();
  }
}
