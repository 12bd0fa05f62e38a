import { types } from 'node:util';
import { Client, Pool } from 'pg';
import { until } from '../../stack/local-stack.js';

const BACK_MS = 60_000;

/** A transaction that was left open. */
export interface Hold {
  /** Resolves when it has its locks, which it may have to wait for. */
  readonly taken: Promise<void>;
  release(): Promise<void>;
}

/** Reads a database that may be down for a while: statements are repeated until it answers. */
export class ChaosDatabase {
  private readonly pool: Pool;
  private readonly holders = new Set<Client>();

  constructor(readonly url: string) {
    this.pool = new Pool({ connectionString: url, max: 4, application_name: 'consent-hub-chaos' });
    this.pool.on('error', () => undefined);
  }

  /** Only for statements that may run twice. */
  async query<T extends object>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    let rows: T[] = [];
    let failure: unknown;
    const isAnswered = async () => {
      try {
        rows = (await this.pool.query<T>(sql, parameters)).rows;
        return true;
      } catch (error) {
        failure = error;
        if (!isOutage(error)) throw error;
        return false;
      }
    };
    await until('the database answers', isAnswered, BACK_MS).catch(() => {
      throw failure;
    });
    return rows;
  }

  /** Runs the statements in a transaction that stays open, with all its locks, until it is released. */
  async hold(...statements: readonly string[]): Promise<Hold> {
    const client = new Client({ connectionString: this.url, application_name: 'consent-hub-chaos' });
    client.on('error', () => undefined);
    this.holders.add(client);
    await client.connect();
    await client.query('BEGIN');
    const running = statements.reduce<Promise<unknown>>(
      (before, statement) => before.then(() => client.query(statement)),
      Promise.resolve(),
    );
    running.catch(() => undefined);
    return {
      taken: running.then(() => undefined),
      release: async () => {
        await running;
        // Its end undoes all that it did.
        this.holders.delete(client);
        await client.end();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.holders].map((client) => client.end()));
    await this.pool.end();
  }
}

/** SQLSTATE class 57 (shut down, starting up), one of a server that only reads (25006), or an error of the connection itself, which has no such code. */
const isOutage = (error: unknown): boolean =>
  // Not instanceof: errors of Node's own are of another realm than a test.
  types.isNativeError(error) &&
  (!('code' in error) || typeof error.code !== 'string' || !/^(?!57|25006)[0-9A-Z]{5}$/.test(error.code));
