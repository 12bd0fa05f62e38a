import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ProblemWriter } from '@consent-hub/platform';
import type { ErrorStyle } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BankSettings } from './model/settings/bank.settings.js';
import { problemOf } from './control/problem-of.js';
import { brandOf } from './machine-api/machine-side.js';
import { Refusal } from './machine-api/refusal.error.js';
import { answerRefusal, errorStyleOf, refusalOf } from './machine-api/refusal-answer.js';

const writer = new ProblemWriter();

/**
 * Writes an answer other than success: in the bank's words to a TPP, as RFC 9457 problem details to anyone else.
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

/** Of an exception of Nest, or of an error of Fastify. */
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
    // A refusal is meant, even one with which the bank plays a failure.
    if (status >= 500 && !(error instanceof Refusal)) this.logger.error(error);
  }
}
