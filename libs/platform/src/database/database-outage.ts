import { types } from 'node:util';
import { QueryFailedError } from 'typeorm';

/**
 * SQLSTATEs after which the same transaction may well succeed: connection lost (08), the server stopping or starting (57P),
 * full (53300), read-only while it fails over (25006), rolled back to let another go on (40).
 */
const PASSING = /^(?:08|57P|53300|25006|40)/;
const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What `pg` says, without a code, when the connection broke under a query or the pool gave none in time. */
const AWAY_MESSAGES =
  /^(?:Connection terminated|Connection ended|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether an error means that the database is away or busy with itself, and not that the statement is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!types.isNativeError(cause)) return false;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // FATAL is how Postgres ends a session or does not begin one.
  const isFatal = 'severity' in cause && cause.severity === 'FATAL';
  return isFatal || PASSING.test(code) || AWAY_SYSTEM_CODES.has(code) || AWAY_MESSAGES.test(cause.message);
}
