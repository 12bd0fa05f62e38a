import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { DatabasePool, type DatabasePoolConfig } from './database-pool.js';
import { parseDatabaseUrl } from './database-url.js';
import {
  HUB_LIMITS,
  indexedSession,
  MIGRATION_LIMITS,
  migrationSession,
  toStartupOptions,
  type SessionLimits,
  type SessionSettings,
} from './session-settings.js';

const CONNECT_TIMEOUT_MS = 3_000;
/**
 * How long a connection is quiet before the kernel asks the other side: then once a second, ten times. It asks nothing while
 * bytes wait to be acknowledged, and Node cannot set TCP_USER_TIMEOUT: a statement under way finds out by its own limit.
 */
const KEEPALIVE_AFTER_MS = 5_000;

/**
 * The longest time for which a hub whose server has vanished without a sign can still rely on its connections: until a
 * caller has waited for one, and its statement for an answer.
 */
export const LONGEST_SILENCE_MS = CONNECT_TIMEOUT_MS + HUB_LIMITS.silenceMs;

/** What stands between an app and Postgres: nothing, or PgBouncer in transaction mode. */
export const POOLERS = ['none', 'transaction'] as const;
export type Pooler = (typeof POOLERS)[number];

/** How a pool of pg reaches the database that a URL leads to. */
export function poolConfig(
  url: string,
  session: SessionSettings,
  { silenceMs }: SessionLimits,
  pooler: Pooler,
): DatabasePoolConfig {
  const { url: connectionString, hosts, options } = parseDatabaseUrl(url);
  const isDirect = pooler === 'none';
  return {
    connectionString,
    hosts,
    ...(isDirect && { options: `${options} ${toStartupOptions(session)}`.trimStart() }),
    behindPooler: isDirect ? undefined : session,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    ...(silenceMs > 0 && { query_timeout: silenceMs }),
  };
}

const throughPool = (config: DatabasePoolConfig) => ({
  type: 'postgres' as const,
  url: config.connectionString ?? '',
  driver: { Pool: DatabasePool, defaults: pg.defaults },
  extra: config,
});

/**
 * How an app reaches Postgres: its entities only, no synchronisation (the migrations are the schema), times in UTC.
 *
 * @param application name under which its connections are in `pg_stat_activity`
 * @param how `limits` for a program that may take longer than the hub; behind a pooler Postgres knows those of the hub alone
 */
export const databaseOptions = (
  url: string,
  application: string,
  entities: NonNullable<DataSourceOptions['entities']>,
  { limits = HUB_LIMITS, pooler = 'none' }: { limits?: SessionLimits; pooler?: Pooler } = {},
): DataSourceOptions & { type: 'postgres' } => ({
  ...throughPool(poolConfig(url, indexedSession(pooler === 'none' ? limits : HUB_LIMITS), limits, pooler)),
  applicationName: application,
  entities,
  synchronize: false,
  poolSize: 10,
});

/** How migrations reach it: for as long as they need, and past any pooler, since their settings are their own. */
export const migrationOptions = (url: string): DataSourceOptions & { type: 'postgres' } => ({
  ...throughPool(poolConfig(url, migrationSession(), MIGRATION_LIMITS, 'none')),
  applicationName: 'consent-hub-migrations',
});
