import type { DataSourceOptions } from 'typeorm';

/** Longest that one statement may run, so that no request holds a connection for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** After that a server that says nothing is taken for gone; Postgres' own limit comes first. */
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Everything is looked up by an index. The planner, asked while a table is small, would rather read the whole of it, and a
 * connection keeps that plan for a named statement until somebody has analysed the table, however large it grows meanwhile.
 * Without this a plan may look dear enough to be compiled, which takes longer than any of them runs.
 */
export const INDEX_PLANS = '-c enable_seqscan=off -c jit=off';

/**
 * How an app reaches Postgres: its entities only, no synchronisation (the migrations are the schema), times in UTC.
 *
 * @param application name under which its connections stand in `pg_stat_activity`
 */
export const databaseOptions = (
  url: string,
  application: string,
  entities: NonNullable<DataSourceOptions['entities']>,
): DataSourceOptions & { type: 'postgres' } => ({
  type: 'postgres',
  url,
  applicationName: application,
  entities,
  synchronize: false,
  poolSize: 10,
  extra: {
    options: INDEX_PLANS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  },
});
