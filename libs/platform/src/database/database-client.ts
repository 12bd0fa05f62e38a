import type { Span } from '@opentelemetry/api';
import { Client, type ClientConfig } from 'pg';
import { endSpan, isTracing } from '../tracing/spans.js';
import { startStatementSpan } from '../tracing/statement-span.js';
import { databaseEvents, StandbyReachedError } from './database-events.js';
import type { DatabaseHost } from './database-url.js';
import type { PoolConnections, PooledConnection } from './pool-connections.js';
import { assertSessionSettings, type SessionSettings } from './session-settings.js';

/** SQLSTATE read_only_sql_transaction: what a standby answers to a write. */
const READ_ONLY = '25006';
/** What pg says when nothing came back within `query_timeout`; it would keep using the connection. */
const NO_ANSWER = 'Query read timeout';

/** Whether this server takes writes, and which one it is. */
export const SERVER_STATE = `
  SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isStandby",
         concat_ws(' ', pg_postmaster_start_time(), inet_server_addr(), inet_server_port()) AS server`;

export interface ServerState {
  readonly isStandby: boolean;
  readonly server: string;
}

/** What a pool passes to its clients in addition to the settings of pg. */
export interface DatabaseClientConfig extends ClientConfig {
  readonly connections: PoolConnections;
  /** What the session must have been given by others, since a pooler in between takes no settings; absent without one. */
  readonly behindPooler?: SessionSettings | undefined;
}

type ConnectCallback = ((error: Error) => void) & ((error: null, client: Client) => void);

/**
 * A connection that is closed as soon as it is known to be useless, because there is no answer or a standby answers. pg would give
 * it back to its pool, for the next caller to try.
 */
export class DatabaseClient extends Client implements PooledConnection {
  target: DatabaseHost | undefined;
  /** Below which its statements stand, until it is given back to the pool. */
  parent: Span | undefined;
  private readonly connections: PoolConnections;
  private readonly behindPooler: SessionSettings | undefined;
  private readonly connectTimeoutMs: number;

  constructor(config: DatabaseClientConfig) {
    super(config);
    this.connections = config.connections;
    this.behindPooler = config.behindPooler;
    this.connectTimeoutMs = config.connectionTimeoutMillis ?? Infinity;
    this.connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code !== READ_ONLY) return;
      databaseEvents.standbyReached++;
      // The caller is answered first.
      process.nextTick(() => this.destroy());
    });
    this.once('end', () => this.connections.remove(this));
  }

  /** Its user and its pool are notified before this returns; the event of the socket would come later. */
  destroy(): void {
    if (this.connection.stream.destroyed) return;
    this.connection.stream.destroy();
    this.connection.emit('error', new Error('Connection terminated'));
  }

  override connect(): Promise<Client>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<Client> | undefined {
    if (!callback) {
      return new Promise((resolve, reject) =>
        this.connect((error: Error | null) => (error ? reject(error) : resolve(this))),
      );
    }
    this.target = this.connections.target;
    if (this.target) Object.assign(this, this.target);
    const startedAt = performance.now();
    super.connect((error: Error | null) => {
      if (error) this.notConnected(performance.now() - startedAt);
      (callback as (error: Error | null, client: Client) => void)(error, this);
    });
    return undefined;
  }

  /** Takes every form of a query that pg takes, and answers as pg does. */
  override query(...given: unknown[]): never {
    const callback = given.at(-1);
    const span = isTracing() ? startStatementSpan(given[0], this.parent) : undefined;
    if (typeof callback === 'function') {
      given[given.length - 1] = (error: unknown, result: unknown) => {
        this.judge(error);
        endSpan(span, error);
        (callback as (error: unknown, result: unknown) => void)(error, result);
      };
    }
    // The server behind the pooler is another one for each transaction: it does not know what another has parsed.
    if (this.behindPooler) given[0] = withoutName(given[0]);
    const answer: unknown = Reflect.apply(super.query.bind(this), undefined, given);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => this.judge(error));
      if (span)
        answer.then(
          () => endSpan(span),
          (error: unknown) => endSpan(span, error),
        );
    }
    return answer as never;
  }

  /**
   * Decides whether the connection may be used, before its first use.
   *
   * @throws StandbyReachedError, SessionSettingsError
   */
  async admit(): Promise<void> {
    try {
      const { isStandby, server } = await this.ask<ServerState>(SERVER_STATE);
      if (isStandby) {
        databaseEvents.standbyReached++;
        throw new StandbyReachedError();
      }
      if (this.behindPooler) await assertSessionSettings(this.behindPooler, (text) => this.ask(text));
      this.connections.admit(this, server);
    } catch (error) {
      this.connections.failed(this.target);
      // The pool would say goodbye and wait for the server to hang up, which a silent one never does.
      this.connection.stream.destroy();
      throw error;
    }
  }

  private ask<T>(text: string): Promise<T> {
    const timeout = Number.isFinite(this.connectTimeoutMs) ? { query_timeout: this.connectTimeoutMs } : {};
    return new Promise((resolve, reject) =>
      this.query({ text, ...timeout }, (error: Error | null, result: { rows: T[] }) =>
        error ? reject(error) : resolve(result.rows[0] as T),
      ),
    );
  }

  private notConnected(afterMs: number): void {
    // Both timers of pg, the pool's and the client's, end in errors that do not distinguish a silent server from one that
    // closed the connection.
    if (afterMs >= this.connectTimeoutMs - 50) this.connections.silent(this);
    else this.connections.failed(this.target);
  }

  private judge(error: unknown): void {
    const isSilence = error instanceof Error && error.message === NO_ANSWER;
    if (isSilence && !this.connection.stream.destroyed) this.connections.silent(this);
  }
}

const withoutName = (query: unknown): unknown =>
  typeof query === 'object' && query !== null && 'name' in query && !('submit' in query)
    ? { ...query, name: undefined }
    : query;
