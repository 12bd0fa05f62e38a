import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { describeError, Problem, traceFactsOf } from '@consent-hub/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BrowserAnswers } from './browser-answer.js';

/** A person reads the answers of this path: a failure here is shown on a page as well, and logged in full. */
@Injectable()
@Catch()
export class CallbackFailureFilter implements ExceptionFilter {
  private readonly logger = new Logger(CallbackFailureFilter.name);

  constructor(private readonly answers: BrowserAnswers) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, headers = {} } = error instanceof Problem ? error.details : { status: 500 };
    if (status === 500)
      this.logger.error({ msg: 'page failed', ...traceFactsOf(request), error: describeError(error) });
    const page = this.answers.page(status, 'broken', request.headers['accept-language']);
    void reply
      .code(status)
      .headers({ ...page.headers, ...headers })
      .send(page.body);
  }
}
