import { types } from 'node:util';
import { QueryFailedError } from 'typeorm';

/**
 * SQLSTATE classes after which the same transaction may well succeed: connection lost (08), the server stopping or starting
 * (57P), read-only while it fails over (25006), and a transaction rolled back to let another go on (40).
 */
const PASSING = /^(?:08|57P|25006|40)/;

/** Whether an error means that the database is away or busy with itself, and not that the statement is wrong. */
export function isOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!types.isNativeError(cause)) return false;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // SQLSTATEs have five characters; what else comes from the driver is about the connection.
  return /^[0-9A-Z]{5}$/.test(code) ? PASSING.test(code) : isConnectionError(code, cause.message);
}

const isConnectionError = (code: string, message: string): boolean =>
  /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code) ||
  /connection|timeout|not queryable/i.test(message);
