import { types } from 'node:util';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { LookupOverflowError } from './batched-lookup.js';
import { StandbyReachedError } from './database-events.js';

/**
 * SQLSTATE classes that say that the statement itself is wrong: data, integrity, syntax or access, features, and errors
 * raised by our own triggers. After any other the same transaction may succeed: a server that stops, starts, fails over, is
 * full, gave up waiting for a lock, or rolled back a transaction to let another one continue.
 */
const STATEMENT_FAULT = /^(?:0A|21|22|23|2F|39|42|P0|XX)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg says when every connection of a pool stayed in use, and no server was asked. */
const NO_FREE_CONNECTION = 'timeout exceeded when trying to connect';
/** What `pg` says, without a code, when the connection broke under a query, or gave no answer or no connection in time. */
const AWAY_MESSAGES = new RegExp(
  `^(?:Connection terminated|Connection ended|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired|${NO_FREE_CONNECTION})`,
);
const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';

/** Whether an error means that the database is away or busy with itself, and not that the statement is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof LookupOverflowError || error instanceof StandbyReachedError) return true;
  // TypeORM gives a connection back when it breaks; the next statement of its transaction finds it gone.
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  ) {
    return true;
  }
  const cause = causeOf(error);
  if (!types.isNativeError(cause)) return false;
  const code = codeOf(cause);
  // Only for errors of Postgres; a system code of five letters is in the list below.
  if (SQLSTATE.test(code) && !AWAY_SYSTEM_CODES.has(code)) return !STATEMENT_FAULT.test(code);
  return AWAY_SYSTEM_CODES.has(code) || AWAY_MESSAGES.test(cause.message);
}

/** Whether a statement waited for a lock longer than it may: the server is there, and another transaction is in the way. */
export const isLockTimeout = (error: unknown): boolean => codeOf(causeOf(error)) === LOCK_NOT_AVAILABLE;

/** Whether a statement ran longer than it may, or was cancelled: the server is there, and did not finish it. */
export const isStatementTimeout = (error: unknown): boolean => codeOf(causeOf(error)) === QUERY_CANCELED;

/** Whether a host could not be connected to, so that another may be tried. */
export const isConnectFailure = (error: unknown): boolean =>
  isDatabaseOutage(error) && !(error instanceof Error && error.message === NO_FREE_CONNECTION);

const causeOf = (error: unknown): unknown => (error instanceof QueryFailedError ? error.driverError : error);

const codeOf = (error: unknown): string =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
