import type { OnApplicationShutdown } from '@nestjs/common';
import { poolConfig, type Pooler } from './database-options.js';
import { DatabasePool } from './database-pool.js';
import { HUB_LIMITS, indexedSession, LOOKUP_LIMITS, lookupSession } from './session-settings.js';

/** One for each statement that lookups share; more would only split batches. */
const CONNECTIONS = 2;
/** How long a standby may be asked that was no standby before: it accepts a key whose revocation it has not received yet. */
const VERIFY_MS = 3_000;

/**
 * Connections for lookups by key alone: short statements that change nothing. Neither a transaction nor a search ever keeps
 * them busy, so that a caller with its key and a reader of a token wait only for each other.
 */
export class LookupPool extends DatabasePool implements OnApplicationShutdown {
  /** @param application name under which its connections are in `pg_stat_activity` */
  constructor(url: string, application: string, pooler: Pooler = 'none') {
    // All sessions behind a pooler are those of one role.
    const config =
      pooler === 'none'
        ? poolConfig(url, lookupSession(), LOOKUP_LIMITS, pooler)
        : poolConfig(url, indexedSession(HUB_LIMITS), HUB_LIMITS, pooler);
    super({ ...config, application_name: application, max: CONNECTIONS, idleTimeoutMillis: 0 });
    // An unused connection broke. The pool has removed it; the next lookup opens another.
    this.on('error', () => undefined);
    this.verifyLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }

  /** Nothing is ever written here, so that no write would fail on a server that was made a standby. */
  private verifyLater(): void {
    const verify = async () => {
      if (this.totalCount > 0) await this.verifyServer().catch(() => undefined);
      if (!this.ending) this.verifyLater();
    };
    setTimeout(() => void verify(), VERIFY_MS).unref();
  }
}
