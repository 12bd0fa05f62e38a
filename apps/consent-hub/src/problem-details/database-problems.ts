import { types } from 'node:util';
import { INVALID_INPUT, isDatabaseOutage, Problem, type ProblemKind } from '@consent-hub/platform';
import { QueryFailedError } from 'typeorm';

/** A text with a NUL, which Postgres cannot hold: it came with the request and no rule of the route refused it. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);

export const DATABASE_UNAVAILABLE: ProblemKind = {
  status: 503,
  code: 'database_unavailable',
  detail: 'The database of the hub is away or too busy. Try again later.',
};

const RETRY_AFTER_SECONDS = 2;

/** Undefined when the error is none of Postgres, or a fault of ours. */
export function databaseProblem(error: unknown): Problem | undefined {
  const driverError: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!types.isNativeError(driverError)) return undefined;
  const code = 'code' in driverError && typeof driverError.code === 'string' ? driverError.code : '';
  if (UNSTORABLE_TEXT.has(code)) {
    return new Problem({
      ...INVALID_INPUT,
      detail: 'A value of the request holds a NUL character.',
    });
  }
  if (isDatabaseOutage(error)) {
    return new Problem({
      ...DATABASE_UNAVAILABLE,
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
  return undefined;
}
