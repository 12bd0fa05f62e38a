import { databaseEvents } from './database-events.js';
import type { DatabaseHost } from './database-url.js';

/** A connection as its pool's others see it. */
export interface PooledConnection {
  readonly target: DatabaseHost | undefined;
  destroy(): void;
}

/** The connections of one pool, and to which of the hosts the next one leads. */
export class PoolConnections {
  private readonly open = new Set<PooledConnection>();
  private current = 0;
  private server: string | undefined;

  /** Called when a new connection has met another server than those before it. */
  readonly onOtherServer: (() => void)[] = [];

  /** @param hosts more than one, or none where pg knows the only one itself */
  constructor(private readonly hosts: readonly DatabaseHost[]) {}

  /** Where to connect: the host that was good last. */
  get target(): DatabaseHost | undefined {
    return this.hosts[this.current];
  }

  /** How often connecting is worth a try. */
  get attempts(): number {
    return Math.max(1, this.hosts.length);
  }

  /**
   * A connection leads to a server that can be used. Those to another server lead to one that was restarted or replaced.
   *
   * @param server says which server it is, since when
   */
  admit(connection: PooledConnection, server: string): void {
    const isOther = this.server !== undefined && this.server !== server;
    this.server = server;
    if (isOther) {
      this.destroyAll();
      for (const act of this.onOtherServer) act();
    }
    this.open.add(connection);
  }

  remove(connection: PooledConnection): void {
    this.open.delete(connection);
  }

  /** That host cannot be used now: the next connection leads to the next one. */
  failed(host: DatabaseHost | undefined): void {
    if (host && host === this.target) this.current = (this.current + 1) % this.hosts.length;
  }

  /** This connection got no answer in time, and the others to the same server will get none either. */
  silent(connection: PooledConnection): void {
    databaseEvents.silences++;
    connection.destroy();
    for (const other of this.open) if (other.target === connection.target) other.destroy();
    this.failed(connection.target);
  }

  destroyAll(): void {
    for (const connection of this.open) connection.destroy();
    this.open.clear();
  }
}
