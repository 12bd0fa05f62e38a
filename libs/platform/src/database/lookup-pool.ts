import type { OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { INDEX_PLANS } from './database-options.js';

/** One for each statement that lookups share; more would only split batches. */
const CONNECTIONS = 2;
/** A lookup takes a millisecond. What takes so much longer only holds up those who wait behind it. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** After that a server that says nothing is taken for gone; Postgres' own limit comes first. */
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 1_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Planning a lookup costs several times its execution; Postgres, to whom the number of keys is new, would plan each anew. */
const PLAN_ONCE = `-c plan_cache_mode=force_generic_plan ${INDEX_PLANS}`;

/**
 * Connections for lookups by key alone: short statements that change nothing. Neither a transaction nor a search ever keeps
 * them busy, so that a caller with its key and a reader of a token wait for nobody but each other.
 */
export class LookupPool extends Pool implements OnApplicationShutdown {
  /** @param application name under which its connections stand in `pg_stat_activity` */
  constructor(url: string, application: string) {
    super({
      connectionString: url,
      application_name: application,
      max: CONNECTIONS,
      options: PLAN_ONCE,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: SILENCE_TIMEOUT_MS,
      keepAlive: true,
    });
    // A connection broke that nobody was using. The pool has let go of it; the next lookup opens another.
    this.on('error', () => undefined);
  }

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }
}
