import { types } from 'node:util';
import { CertificateError } from '@consent-hub/eidas';
import { operatorFault } from '@consent-hub/platform';
import { ClientsFileError } from './model/tpps/clients-file.settings.js';

/** What whoever starts the bank can put right, in a sentence. Of anything else the developers need the stack. */
export function bootFailureText(error: unknown): string {
  return `The sandbox bank cannot start.\n${reasonOf(error)}\n`;
}

function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'something that is no error was thrown';
  if (error instanceof ClientsFileError) return error.message;
  if (error instanceof CertificateError) return `A TLS file is not usable: ${error.message}`;
  if ('syscall' in error && error.syscall === 'listen') return `A port is not usable: ${error.message}`;
  return operatorFault(error) ?? error.stack ?? error.message;
}
