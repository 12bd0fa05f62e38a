import { newRequestId } from '../ids/ids.js';

/** The header by which a caller names its request, and by which the answer repeats the name. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What is harmless in a log line. */
export const REQUEST_ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's own name of the request if it is harmless in a log line, else a new one. */
export const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : newRequestId();
