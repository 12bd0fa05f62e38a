import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import type { MtlsOptions } from '@consent-hub/eidas';
import type { ConnectionTimeouts } from '@consent-hub/platform';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { FastifyInstance } from 'fastify';
import { arriveAt } from './machine-side.js';
import { keepAnswer, refuseUnreadable } from './refusal-answer.js';

/** The bank's own sandbox has its API below this path, its production at the root; known clients call either. */
const BASE_PATH = /^\/sandbox\/psd2(?=\/)/;

export interface MachinePorts {
  readonly host: string;
  /** 0 takes any free port. */
  readonly ports: Readonly<Record<Brand, number>>;
  readonly tls: MtlsOptions;
  readonly timeouts: ConnectionTimeouts;
}

interface MachineServer {
  readonly server: Server;
  readonly connections: OpenConnections;
}

/** The two machine ports of the bank, one a brand, in front of the one app. */
export class MachineServers {
  private constructor(private readonly servers: ReadonlyMap<Brand, MachineServer>) {}

  static async listen(
    app: FastifyInstance,
    { host, ports, tls, timeouts }: MachinePorts,
  ): Promise<MachineServers> {
    const servers = new Map<Brand, MachineServer>();
    const opened = new MachineServers(servers);
    try {
      for (const brand of BRANDS) {
        // Every certificate passes the handshake: a guard refuses the bad ones with the bank's error body.
        const options = { ...tls, ...timeouts, requestCert: true, rejectUnauthorized: false };
        const server = createServer(options, (request, response) => {
          arriveAt(brand, request);
          keepAnswer(response);
          request.url = request.url?.replace(BASE_PATH, '') ?? '/';
          app.routing(request, response);
        });
        server.on('clientError', refuseUnreadable);
        // Nothing can be said to a peer that does not end its handshake; Node leaves closing to whoever listens for the above.
        server.on('tlsClientError', (_error, socket) => socket.destroy());
        servers.set(brand, { server, connections: new OpenConnections(server) });
        server.listen(ports[brand], host);
        await once(server, 'listening');
      }
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  port(brand: Brand): number {
    // A TCP server that listens has an address with a port.
    return (this.servers.get(brand)?.server.address() as AddressInfo).port;
  }

  /** Takes no more calls and lets those under way end. */
  async close(): Promise<void> {
    const listening = [...this.servers.values()].filter(({ server }) => server.listening);
    await Promise.all(
      listening.map(({ server, connections }) => {
        const closed = once(server, 'close');
        server.close();
        return connections.endWith(closed);
      }),
    );
  }
}

/** How long answers under way may take once the bank closes. */
const GRACE_MS = 2_000;

/** The connections of a server. Node's own list leaves out those that have sent no request yet, and waits for them. */
export class OpenConnections {
  private readonly sockets = new Set<Socket>();

  constructor(server: TcpServer) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Waits for the server to close, and after a short grace cuts what is still open. */
  async endWith(closing: Promise<unknown>): Promise<void> {
    const deadline = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, GRACE_MS);
    try {
      await closing;
    } finally {
      clearTimeout(deadline);
    }
  }
}
