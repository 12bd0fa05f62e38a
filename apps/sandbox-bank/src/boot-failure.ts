import { types } from 'node:util';
import { CertificateError } from '@consent-hub/eidas';
import { EnvironmentError, ForeignSchemaError } from '@consent-hub/platform';
import { ClientsFileError } from './tpps/clients-file.js';

/** What whoever starts the bank can put right, in a sentence. Of anything else the developers need the stack. */
export function bootFailureText(error: unknown): string {
  return `The sandbox bank cannot start.\n${reasonOf(error)}\n`;
}

function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'something that is no error was thrown';
  if (error instanceof EnvironmentError || error instanceof ForeignSchemaError) return error.message;
  if (error instanceof ClientsFileError) return error.message;
  if (error instanceof CertificateError) return `A TLS file is not usable: ${error.message}`;
  if ('syscall' in error && error.syscall === 'listen') return `A port is not usable: ${error.message}`;
  return databaseReason(error) ?? error.stack ?? error.message;
}

/** Errors of Postgres have a `severity`, those of the way to it the name of the system call. */
function databaseReason(error: Error): string | undefined {
  // A host name with several addresses fails once for each, and then as a whole without a message.
  const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!types.isNativeError(reason)) return undefined;
  const isAway = 'syscall' in reason && ['connect', 'getaddrinfo'].includes(String(reason.syscall));
  const isRefused = 'severity' in reason && reason.severity === 'FATAL';
  return isAway || isRefused ? `DATABASE_URL does not lead to a database: ${reason.message}` : undefined;
}
