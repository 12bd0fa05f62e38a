import { BankError } from '@consent-hub/bank-client';
import { ConsentError } from '@consent-hub/consent';
import {
  Problem,
  ProblemTally,
  ProblemWriter,
  traceFactsOf,
  type AuthenticatedRequest,
  type ProblemKind,
} from '@consent-hub/platform';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bankProblem } from './bank-problems.js';
import { consentProblem } from './consent-problems.js';
import { databaseProblem } from './database-problems.js';
import { callerFault, httpProblem } from './http-problems.js';

/** Each library's errors by a table of their own; undefined is a fault of ours. */
function problemOf(error: unknown, request: FastifyRequest): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof ConsentError) return consentProblem(error);
  if (error instanceof BankError) return bankProblem(error);
  if (error instanceof HttpException) return httpProblem(error, request);
  return databaseProblem(error) ?? callerFault(error);
}

export const INTERNAL_ERROR: ProblemKind = {
  status: 500,
  code: 'internal_error',
  detail: 'The hub failed on this request. The log holds the reason under the request id.',
};

/** Writes every answer other than success, as RFC 9457 problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  constructor(
    private readonly tally: ProblemTally,
    private readonly writer: ProblemWriter,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = problemOf(error, request);
    const problem = known ?? new Problem(INTERNAL_ERROR);
    const { status, code } = problem.details;
    this.tally.add(code, request.caller?.name);
    if (status >= 500) {
      // A problem that was thrown on purpose says everything by its code; of other errors the stack is worth keeping.
      const reason = error instanceof Problem ? {} : { err: error };
      const line = { msg: 'request failed', ...traceFactsOf(request), problem: code, ...reason };
      if (known) this.logger.warn(line);
      else this.logger.error(line);
    }
    // An answer that has begun cannot become another one; Fastify ends the connection.
    if (reply.sent || reply.raw.headersSent) return;
    this.writer.send(reply, problem, request.id);
  }
}
