import type { Span } from '@opentelemetry/api';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseClient } from './database-client.js';

/**
 * A transaction whose statements stand below a span, up to its COMMIT.
 *
 * @param parent undefined: an ordinary transaction
 */
export function transactionBelow<T>(
  dataSource: DataSource,
  parent: Span | undefined,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  if (parent === undefined) return dataSource.transaction(work);
  return dataSource.transaction(async (tx) => {
    const connection: unknown = await tx.queryRunner?.connect();
    // The pool forgets it when the connection is used next.
    if (connection instanceof DatabaseClient) connection.parent = parent;
    return work(tx);
  });
}
