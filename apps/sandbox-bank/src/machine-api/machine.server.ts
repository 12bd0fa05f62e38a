import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import type { MtlsOptions } from '@consent-hub/eidas';
import type { ConnectionTimeouts } from '@consent-hub/platform';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { FastifyInstance } from 'fastify';
import { arriveAt } from './machine-side.js';
import { recordAnswer, refuseUnreadable } from './refusal-answer.js';

/** The bank's own sandbox serves its API below this path, its production at the root; known clients use either. */
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

/** The machine ports of the bank, one for each brand, in front of one app. */
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
        // The handshake accepts every certificate: the guard refuses invalid ones with the bank's error body.
        const options = { ...tls, ...timeouts, requestCert: true, rejectUnauthorized: false };
        const server = createServer(options, (request, response) => {
          arriveAt(brand, request);
          recordAnswer(response);
          request.url = request.url?.replace(BASE_PATH, '') ?? '/';
          app.routing(request, response);
        });
        server.on('clientError', refuseUnreadable);
        // A peer that does not complete its handshake gets no answer; with a listener for the event above, Node leaves
        // closing to the listener.
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
    // A listening TCP server has an address with a port.
    return (this.servers.get(brand)?.server.address() as AddressInfo).port;
  }

  /** Accepts no more calls and waits for those under way. */
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

/** How long answers under way may take after the bank begins to close. */
const GRACE_MS = 2_000;

/** The connections of a server. Node's own list lacks those without a request, and Node waits for them. */
export class OpenConnections {
  private readonly sockets = new Set<Socket>();

  constructor(server: TcpServer) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Waits for the server to close, and after a grace period destroys the open connections. */
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
