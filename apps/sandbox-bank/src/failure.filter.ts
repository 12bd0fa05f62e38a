import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Problem, ProblemWriter } from '@consent-hub/platform';
import type { ErrorStyle } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { brandOf } from './machine-api/machine-side.js';
import { answerRefusal, errorStyleOf, refusalOf } from './machine-api/refusal-answer.js';
import { Refusal } from './machine-api/refusal.error.js';
import { BankSettings } from './model/settings/bank.settings.js';

const writer = new ProblemWriter();

/**
 * Writes an error answer: in the bank's form to a TPP, as RFC 9457 problem details to anyone else.
 *
 * @param style of the refusal
 * @returns its status
 */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  style: ErrorStyle = 'current',
): number {
  if (brandOf(request.raw) === undefined) {
    const problem = problemOf(error, statusOf(error));
    writer.send(reply, problem, request.id);
    return problem.details.status;
  }
  const refusal = refusalOf(error, statusOf(error));
  return answerRefusal(request, reply, refusal, style);
}

/** Status of an exception of Nest, or of an error of Fastify. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

@Catch()
export class FailureFilter implements ExceptionFilter {
  private readonly logger = new Logger(FailureFilter.name);

  constructor(private readonly settings: BankSettings) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = answerFailure(error, request, reply, errorStyleOf(request, this.settings));
    // A refusal is intended, also one that simulates a failure.
    if (status >= 500 && !(error instanceof Refusal)) this.logger.error(error);
  }
}

interface ProblemRow {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** The problems for what the framework refuses. */
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
 * The problem for an error on the plain port.
 *
 * @param status the status that the error carries, if any
 */
function problemOf(error: unknown, status: number | undefined): Problem {
  if (error instanceof Problem) return error;
  if (status === undefined || status < 400 || status > 499) return new Problem(INTERNAL);
  return new Problem(ROW_OF_STATUS[status] ?? MALFORMED);
}
