import type { Server, Socket } from 'node:net';

/** How long answers under way may take once the bank closes. */
const GRACE_MS = 2_000;

/** The connections of a server. Node's own list leaves out those that have sent no request yet, and waits for them. */
export class OpenConnections {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
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
