import pg, { type PoolClient, type PoolConfig } from 'pg';
import { bindActiveSpan } from '../tracing/spans.js';
import { DatabaseClient, SERVER_STATE, type ServerState } from './database-client.js';
import { databaseEvents, StandbyReachedError } from './database-events.js';
import { isConnectFailure } from './database-outage.js';
import type { DatabaseHost } from './database-url.js';
import { PoolConnections } from './pool-connections.js';
import type { SessionSettings } from './session-settings.js';

export interface DatabasePoolConfig extends PoolConfig {
  readonly hosts: readonly DatabaseHost[];
  readonly behindPooler?: SessionSettings | undefined;
}

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/**
 * A pool whose connections all lead to one server that takes writes: the first of its hosts that answers and is no standby,
 * and after it the next.
 */
export class DatabasePool extends pg.Pool {
  private readonly connections: PoolConnections;

  constructor(config: DatabasePoolConfig) {
    const connections = new PoolConnections(config.hosts);
    const own = {
      connections,
      Client: DatabaseClient,
      onConnect: (client: DatabaseClient) => client.admit(),
    };
    super({ ...config, ...(own as unknown as PoolConfig) });
    this.connections = connections;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | undefined {
    if (!callback) {
      return new Promise((resolve, reject) =>
        this.connect((error, client) =>
          client ? resolve(client) : reject(error ?? new Error('no connection')),
        ),
      );
    }
    this.connectToAny(this.connections.attempts, bindActiveSpan(callback));
    return undefined;
  }

  /** @param act called when a new connection finds that the server was restarted or replaced */
  onOtherServer(act: () => void): void {
    this.connections.onOtherServer.push(act);
  }

  /** Closes every connection, also those in use. */
  renew(): void {
    this.connections.destroyAll();
  }

  /**
   * Asks on every unused connection, one at least, whether the server still takes writes. If not, closes them all.
   *
   * @throws StandbyReachedError, or the error that prevented the question
   */
  async verifyServer(): Promise<void> {
    const asked = Array.from({ length: Math.max(1, this.idleCount) }, () =>
      this.query<ServerState & pg.QueryResultRow>(SERVER_STATE),
    );
    const states = (await Promise.all(asked)).flatMap(({ rows }) => rows);
    if (!states.some(({ isStandby }) => isStandby)) return;
    databaseEvents.standbyReached++;
    this.renew();
    throw new StandbyReachedError();
  }

  private connectToAny(attempts: number, callback: ConnectCallback): void {
    super.connect((error, client, done) => {
      if (client instanceof DatabaseClient) client.parent = undefined;
      if (error && attempts > 1 && isConnectFailure(error)) this.connectToAny(attempts - 1, callback);
      else callback(error, client, done);
    });
  }
}
