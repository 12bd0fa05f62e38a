import { types } from 'node:util';
import { INVALID_INPUT, Problem, type InputFault, type ProblemKind } from '@consent-hub/platform';
import { HttpException } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';

/** What Fastify refuses before a route is asked. */
export const FASTIFY_PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'body_too_large',
    detail: 'The body is larger than 64 KiB.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Bodies are sent as application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'malformed_request',
    detail: 'The body is not as long as Content-Length says.',
  },
};

export const ROUTE_NOT_FOUND: ProblemKind = {
  status: 404,
  code: 'route_not_found',
  detail: 'There is nothing at this path. See /docs.',
};

const MALFORMED: ProblemKind = {
  status: 400,
  code: 'malformed_request',
  detail: 'The request cannot be read.',
};

/** For what frameworks and plugins throw by themselves; the hub's own refusals are problems with codes of their own. */
const STATUS_PROBLEMS: Readonly<Record<number, ProblemKind>> = {
  400: MALFORMED,
  401: { status: 401, code: 'unauthorized', detail: 'The request is not authenticated.' },
  403: { status: 403, code: 'forbidden', detail: 'The request is not allowed.' },
  404: { status: 404, code: 'not_found', detail: 'What was asked for does not exist.' },
  408: { status: 408, code: 'request_timeout', detail: 'The request did not arrive in time.' },
  413: { status: 413, code: 'body_too_large', detail: 'The body is larger than 64 KiB.' },
  415: { status: 415, code: 'unsupported_media_type', detail: 'Bodies are sent as application/json.' },
  503: {
    status: 503,
    code: 'service_unavailable',
    detail: 'The hub cannot serve this now. Try again later.',
  },
};

/** Undefined when it is a fault of ours, to be answered and logged as such. */
export function httpProblem(error: HttpException, request: FastifyRequest): Problem | undefined {
  const faults = isBadUuid(error) ? uuidFaults(request) : [];
  if (faults.length > 0) return invalidPath(faults);
  if (error.getStatus() === 404 && request.is404) return new Problem(ROUTE_NOT_FOUND);
  const row = FASTIFY_PROBLEMS[codeOf(error.cause) ?? ''] ?? STATUS_PROBLEMS[error.getStatus()];
  return row && new Problem(row);
}

/** Errors of streams and plugins that name a status of the caller's fault, for instance a body that broke off. */
export function callerFault(error: unknown): Problem | undefined {
  const status = types.isNativeError(error) && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return new Problem(
    FASTIFY_PROBLEMS[codeOf(error) ?? ''] ?? STATUS_PROBLEMS[status] ?? { ...MALFORMED, status },
  );
}

const codeOf = (error: unknown): string | undefined =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Nest's ParseUUIDPipe says what it expected, not of which parameter. */
const isBadUuid = (error: HttpException): boolean =>
  error.getStatus() === 400 && /\buuid\b/i.test(error.message);

const uuidFaults = ({ params }: FastifyRequest): InputFault[] =>
  Object.entries(params ?? {})
    .filter(([, value]) => !isUUID(value))
    .map(([field]) => ({ field, detail: 'must be a UUID' }));

const invalidPath = (faults: InputFault[]): Problem =>
  new Problem({
    ...INVALID_INPUT,
    detail: `The path cannot be accepted: ${faults.map(({ field }) => field).join(', ')} must be a UUID.`,
    errors: faults,
  });
