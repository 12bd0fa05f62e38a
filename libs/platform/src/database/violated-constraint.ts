import { QueryFailedError } from 'typeorm';

/** SQLSTATE of a row that violates a unique index. */
const UNIQUE_VIOLATION = '23505';

/** The unique index or constraint that a statement ran into; undefined for any other failure. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, constraint } = error.driverError as Error & { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION ? constraint : undefined;
}
