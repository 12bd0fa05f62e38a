import { types } from 'node:util';

/** How many causes are followed; more would be a loop. */
const MAX_CAUSES = 4;

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly errorCode?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/**
 * What a log line says of an error: name, message, code, stack and causes. Other properties stay out: those of database
 * errors hold the query's parameters.
 */
export function describeError(error: unknown, causes = MAX_CAUSES): ErrorDescription {
  if (!types.isNativeError(error))
    return { type: typeof error, message: 'something that is no error was thrown' };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
  };
}
