import { types } from 'node:util';
import { EnvironmentError } from '../config/read-environment.js';
import { StandbyReachedError } from '../database/database-events.js';
import { ForeignSchemaError } from '../database/schema-check.js';
import { SessionSettingsError } from '../database/session-settings.js';

/** What an operator can put right about the environment or the database, in words; undefined for any other error. */
export function operatorFault(error: Error): string | undefined {
  const isPlain = [EnvironmentError, ForeignSchemaError, SessionSettingsError].some(
    (type) => error instanceof type,
  );
  if (isPlain) return error.message;
  // A host name with several addresses fails once for each, and then as a whole without a message.
  const reason: unknown = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error;
  if (!types.isNativeError(reason)) return undefined;
  // Errors of Postgres have a severity, those of the way to it the name of the system call.
  const isConnecting = 'syscall' in reason && ['connect', 'getaddrinfo'].includes(String(reason.syscall));
  const isRefused = 'severity' in reason && reason.severity === 'FATAL';
  return isConnecting || isRefused || reason instanceof StandbyReachedError
    ? `DATABASE_URL does not lead to a database: ${reason.message}`
    : undefined;
}
