import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Chance } from './random.js';

/** A message that arrived, or that was answered with success, in the order of time. */
export interface Arrival {
  readonly id: string;
  readonly kind: 'seen' | 'accepted';
}

const MISFORTUNES = ['error', 'busy', 'slow', 'hang up', 'hang up late'] as const;
/** So many of a hundred messages are answered well at once. */
const WELL = 60;

/** A receiver of events that answers by chance: well, with 500 or 429, late, or not at all. */
export class EventReceiver {
  /** Secret of the webhook; before it is set nothing verifies. */
  secret = '';
  unverified = 0;
  readonly arrivals: Arrival[] = [];
  readonly accepted = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly chance: Chance,
    readonly url: string,
  ) {}

  static async start(chance: Chance): Promise<EventReceiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const receiver = new EventReceiver(server, chance, `http://127.0.0.1:${port}/events`);
    server.on('request', (request, response) => {
      // A hub that is killed breaks off in the middle of a request.
      receiver.take(request, response).catch(() => response.destroy());
    });
    return receiver;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString('utf8');
    const { id } = JSON.parse(body) as { id: string };
    try {
      new Webhook(this.secret).verify(body, request.headers as Record<string, string>);
    } catch {
      this.unverified++;
    }
    this.arrivals.push({ id, kind: 'seen' });
    const mood = this.chance.between(0, 99) < WELL ? 'well' : this.chance.oneOf(MISFORTUNES);
    if (mood === 'hang up') return void request.socket.destroy();
    if (mood === 'error') return void response.writeHead(500).end();
    if (mood === 'busy') return void response.writeHead(429, { 'retry-after': '1' }).end();
    if (mood === 'slow') await delay(this.chance.between(100, 1_500));
    this.arrivals.push({ id, kind: 'accepted' });
    this.accepted.add(id);
    if (mood === 'hang up late') request.socket.destroy();
    else response.writeHead(204).end();
  }
}
