import { types } from 'node:util';
import { Pool } from 'pg';
import { until } from '../../stack/local-stack.js';

const BACK_MS = 60_000;

/** A look into a database that may be down for a while: statements are repeated until it answers. */
export class ChaosDatabase {
  private readonly pool: Pool;

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

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** SQLSTATE class 57 (shut down, starting up), or an error of the connection itself, which has no such code. */
const isOutage = (error: unknown): boolean =>
  // Not instanceof: errors of Node's own are of another realm than a test.
  types.isNativeError(error) &&
  (!('code' in error) || typeof error.code !== 'string' || !/^(?!57)[0-9A-Z]{5}$/.test(error.code));
