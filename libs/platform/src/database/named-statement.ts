import type { Span } from '@opentelemetry/api';
import { Client, Pool, type QueryResultRow } from 'pg';
import { DatabasePool } from './database-pool.js';
import { DataSource, QueryRunnerAlreadyReleasedError, type EntityManager } from 'typeorm';

/** A statement that each connection parses and plans once. The name stands for the text: no two texts may share one. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs a statement of a hot path. TypeORM sends every statement anew, to be parsed and planned again, which costs several
 * times the work of a small one.
 *
 * @param on a transaction, or the data source for a statement that is a transaction of its own; a pool of its own
 *   for one that is to wait for no other
 * @param below the span below which the statement stands, then others that it serves as well; absent: that of its transaction,
 *   if it has one
 */
export async function runNamed<T extends QueryResultRow>(
  on: DataSource | EntityManager | Pool,
  statement: NamedStatement,
  values: readonly unknown[],
  below?: Span | readonly Span[],
): Promise<T[]> {
  const connection = on instanceof Pool ? on : on instanceof DataSource ? poolOf(on) : await connectionOf(on);
  const query = { ...statement, values: [...values] };
  return (await connection.query<T>(below === undefined ? query : Object.assign(query, { below }))).rows;
}

/** The pool behind a data source of `databaseOptions`. */
export function poolOf({ driver }: DataSource): DatabasePool {
  const pool: unknown = 'master' in driver ? driver.master : undefined;
  if (!(pool instanceof DatabasePool)) throw new TypeError('the data source has no pool of ours');
  return pool;
}

async function connectionOf({ queryRunner }: EntityManager): Promise<Client> {
  if (!queryRunner) throw new TypeError('not a transaction');
  if (queryRunner.isReleased) throw new QueryRunnerAlreadyReleasedError();
  const connection: unknown = await queryRunner.connect();
  if (!(connection instanceof Client)) throw new TypeError('the transaction has no connection of pg');
  return connection;
}
