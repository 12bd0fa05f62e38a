import { types } from 'node:util';
import { Problem } from '@consent-hub/platform';
import { QueryFailedError } from 'typeorm';

/** SQLSTATE class of connection failures (PostgreSQL manual, appendix A). */
const CONNECTION_FAILURE = /^08/;
const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What `pg` says, without a code, when the connection broke under a query or the pool gave none in time. */
const AWAY_MESSAGES = /^(?:Connection terminated|timeout exceeded when trying to connect)/;
/** A text with a NUL, which Postgres cannot hold: it came with the request and no rule of the route refused it. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);

const RETRY_AFTER_SECONDS = 2;

/** Undefined when the error is none of Postgres, or a fault of ours. */
export function databaseProblem(error: unknown): Problem | undefined {
  const driverError: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!types.isNativeError(driverError)) return undefined;
  const code = 'code' in driverError && typeof driverError.code === 'string' ? driverError.code : '';
  if (UNSTORABLE_TEXT.has(code)) {
    return new Problem({
      status: 400,
      code: 'invalid_input',
      detail: 'A value of the request holds a NUL character.',
    });
  }
  if (isAway(driverError, code)) {
    return new Problem({
      status: 503,
      code: 'database_unavailable',
      detail: 'The hub cannot reach its database. Try again later.',
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
  return undefined;
}

/** FATAL is how Postgres ends a session or does not begin one: starting, stopping, full, or not letting the hub in. */
const isAway = (error: Error, code: string): boolean =>
  ('severity' in error && error.severity === 'FATAL') ||
  CONNECTION_FAILURE.test(code) ||
  AWAY_SYSTEM_CODES.has(code) ||
  AWAY_MESSAGES.test(error.message);
