import { types } from 'node:util';
import { EnvironmentError, ForeignSchemaError } from '@consent-hub/platform';
import { CertificateError } from '@consent-hub/eidas';

/** What an operator can put right. Of anything else the developers need the stack. */
export function bootFailureText(error: unknown): string {
  const text =
    knownFailure(error) ??
    (types.isNativeError(error) ? (error.stack ?? error.message) : 'something that is no error was thrown');
  return `Consent Hub cannot start.\n${text}\n`;
}

/** Undefined for what only the developers can put right. */
export function knownFailure(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  if (error instanceof EnvironmentError || error instanceof ForeignSchemaError) return error.message;
  if (error instanceof CertificateError) return `A TLS file is not usable: ${error.message}`;
  if ('syscall' in error && error.syscall === 'listen') return `The address is not usable: ${error.message}`;
  return databaseFailure(error);
}

/** Errors of Postgres have a `severity`, those of the way to it the name of the system call. */
function databaseFailure(error: Error): string | undefined {
  // A host name with several addresses fails once for each, and then as a whole without a message.
  const reason: unknown = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error;
  if (!types.isNativeError(reason)) return undefined;
  const isConnecting = 'syscall' in reason && ['connect', 'getaddrinfo'].includes(String(reason.syscall));
  const isRefused = 'severity' in reason && reason.severity === 'FATAL';
  return isConnecting || isRefused
    ? `DATABASE_URL does not lead to a database: ${reason.message}`
    : undefined;
}
