import { types } from 'node:util';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { LookupOverflowError } from './batched-lookup.js';

/**
 * SQLSTATE classes that say that the statement itself is wrong: data, integrity, syntax or access, features, and errors
 * raised by our own triggers. After any other the same transaction may succeed: a server that stops, starts, fails over, is
 * full, gave up waiting for a lock, or rolled back to let another go on.
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
/** What `pg` says, without a code, when the connection broke under a query, or gave no answer or no connection in time. */
const AWAY_MESSAGES =
  /^(?:Connection terminated|Connection ended|Client has encountered a connection error|Query read timeout|timeout exceeded when trying to connect)/;

/** Whether an error means that the database is away or busy with itself, and not that the statement is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof LookupOverflowError) return true;
  // TypeORM gives a connection back when it breaks; the next statement of its transaction finds it gone.
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  ) {
    return true;
  }
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!types.isNativeError(cause)) return false;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // Of Postgres' errors alone; a system code of five letters is in the list below.
  if (SQLSTATE.test(code) && !AWAY_SYSTEM_CODES.has(code)) return !STATEMENT_FAULT.test(code);
  return AWAY_SYSTEM_CODES.has(code) || AWAY_MESSAGES.test(cause.message);
}

/** Whether a statement waited for a lock longer than it may: the server is there, and another transaction is in the way. */
export function isLockTimeout(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return types.isNativeError(cause) && 'code' in cause && cause.code === '55P03';
}
