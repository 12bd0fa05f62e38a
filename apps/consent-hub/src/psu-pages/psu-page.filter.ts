import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { describeError, Problem, traceFactsOf } from '@consent-hub/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { preferredLanguage } from '../http-api/page-language.js';
import { PageRefusal, REFUSALS } from './page-refusal.js';
import type { Visitor } from './psu-session.guard.js';
import { PsuPages } from './psu-pages.js';

/** A person reads the answers of these paths: a failure is shown on a page, and a fault of the hub is logged in full. */
@Injectable()
@Catch()
export class PsuPageFilter implements ExceptionFilter {
  private readonly logger = new Logger(PsuPageFilter.name);

  constructor(private readonly pages: PsuPages) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest & { visitor?: Visitor }>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = error instanceof PageRefusal ? error.refusal : 'broken';
    const status = error instanceof Problem ? error.details.status : REFUSALS[refusal];
    if (status === 500)
      this.logger.error({ msg: 'page failed', ...traceFactsOf(request), error: describeError(error) });
    const { visitor = null } = request;
    const ofRefusal = error instanceof PageRefusal ? error.language : null;
    const language = visitor?.language ?? ofRefusal ?? preferredLanguage(request.headers['accept-language']);
    const page = this.pages.refusal(refusal, status, { language, visitor });
    void reply.code(page.status).headers(page.headers).send(page.body);
  }
}
