import { Problem } from '@consent-hub/platform';

interface ProblemRow {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** What the frame around the routes refuses. */
const ROW_OF_STATUS: Readonly<Record<number, ProblemRow>> = {
  404: { status: 404, code: 'not_found', detail: 'There is nothing at this path.' },
  413: { status: 413, code: 'body_too_large', detail: 'The body is larger than 64 KiB.' },
  415: { status: 415, code: 'unsupported_media_type', detail: 'Bodies are sent as application/json.' },
};
const MALFORMED: ProblemRow = {
  status: 400,
  code: 'malformed_request',
  detail: 'The request cannot be read.',
};
const INTERNAL: ProblemRow = {
  status: 500,
  code: 'internal_error',
  detail: 'The sandbox bank failed on this request. Its log says why.',
};

/**
 * The problem for whatever was thrown on the plain port.
 *
 * @param status what the error says of itself, if anything
 */
export function problemOf(error: unknown, status: number | undefined): Problem {
  if (error instanceof Problem) return error;
  if (status === undefined || status < 400 || status > 499) return new Problem(INTERNAL);
  return new Problem(ROW_OF_STATUS[status] ?? MALFORMED);
}
