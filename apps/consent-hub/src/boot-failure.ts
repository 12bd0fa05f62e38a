import { types } from 'node:util';
import { operatorFault } from '@consent-hub/platform';
import { CertificateError } from '@consent-hub/eidas';

/** Text of a failure that an operator can correct; for any other failure the developers need the stack. */
export function bootFailureText(error: unknown): string {
  const text =
    knownFailure(error) ??
    (types.isNativeError(error) ? (error.stack ?? error.message) : 'something that is no error was thrown');
  return `Consent Hub cannot start.\n${text}\n`;
}

/** Undefined for what only the developers can put right. */
export function knownFailure(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  if (error instanceof CertificateError) return `A TLS file is not usable: ${error.message}`;
  if ('syscall' in error && error.syscall === 'listen') return `The address is not usable: ${error.message}`;
  return operatorFault(error);
}
