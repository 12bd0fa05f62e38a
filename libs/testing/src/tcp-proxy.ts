import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Mode = 'pass' | 'swallow' | 'refuse';

interface Link {
  readonly client: Socket;
  readonly target: Socket;
}

/**
 * Connects a client and a server on 127.0.0.1, as the network does, and fails as a network does: on request of the
 * test, connections are refused, reset, or lose all data without an error.
 */
export class TcpProxy {
  private mode: Mode = 'pass';
  private readonly links = new Set<Link>();
  private readonly unanswered = new Set<Socket>();
  /** Every byte that clients have sent while it passed them on. */
  private readonly sent: Buffer[] = [];

  private constructor(
    private readonly server: Server,
    private targetPort: number,
    readonly port: number,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targetPort, (server.address() as AddressInfo).port);
  }

  /** This URL of a server, led through the proxy. */
  through(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** How many connections lead through it now. */
  get connections(): number {
    return this.links.size;
  }

  /** What clients have sent so far, as text of one byte a character. */
  get sentText(): string {
    return Buffer.concat(this.sent).toString('latin1');
  }

  /** New connections lead to the server again; those that were swallowed stay silent. */
  pass(): void {
    this.mode = 'pass';
  }

  /** Existing and new connections stay open, and no byte arrives any more, in neither direction. */
  swallow(): void {
    this.mode = 'swallow';
    for (const { client, target } of this.links) {
      for (const socket of [client, target]) socket.unpipe().removeAllListeners('data').resume();
    }
  }

  /** Existing connections are reset; new ones are served as before. */
  reset(): void {
    for (const { client, target } of this.links) {
      reset(client);
      target.destroy();
    }
    for (const client of this.unanswered) reset(client);
  }

  /** New connections are reset at once. */
  refuse(): void {
    this.mode = 'refuse';
  }

  /** New connections lead to another server; existing ones stay where they are. */
  retarget(port: number): void {
    this.targetPort = port;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.reset();
    await closed;
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.mode === 'refuse') reset(client);
    else if (this.mode === 'swallow') this.leaveUnanswered(client);
    else this.join(client);
  }

  private leaveUnanswered(client: Socket): void {
    this.unanswered.add(client);
    client.once('close', () => this.unanswered.delete(client)).resume();
  }

  private join(client: Socket): void {
    const link = { client, target: connect(this.targetPort, '127.0.0.1') };
    this.links.add(link);
    link.target.on('error', () => reset(client));
    client.once('close', () => {
      this.links.delete(link);
      link.target.destroy();
    });
    // One that is silent does not learn that the other side has gone.
    link.target.once('close', () => {
      if (this.mode !== 'swallow') client.destroy();
    });
    client.on('data', (bytes: Buffer) => this.sent.push(bytes));
    client.pipe(link.target);
    link.target.pipe(client);
  }
}

/**
 * A socket whose own side has ended is closed instead: where the FIN is still to be sent, libuv refuses the reset, Node 20 takes
 * no note, and the process never ends for the handle that stays.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
