import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { TlsServer } from '@consent-hub/testing';

/** The body of a message, with the fields that tests check. */
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

/** What a receiver answers: a status with headers, or a function that writes the response itself. */
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

  readonly url: string;
  readonly caFile: string;

  private constructor(private readonly tls: TlsServer) {
    this.url = tls.url;
    this.caFile = tls.caFile;
  }

  static async start(): Promise<EventReceiver> {
    const tls = await TlsServer.start();
    const receiver = new EventReceiver(tls);
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

  close(): Promise<void> {
    return this.tls.close();
  }

  private serve(): void {
    this.tls.server.on('request', (request, response) => {
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
