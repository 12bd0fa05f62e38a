import { ConsentError } from '@consent-hub/consent';
import { describeError, isDatabaseOutage, Problem, traceFactsOf } from '@consent-hub/platform';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { renderFailurePage } from '../frame/failure.page.js';
import type { VisitedRequest } from './console-access.js';
import { ConsoleFailure, notFound } from './console-failure.js';
import { ConsoleSite } from './console-site.js';
import { SignInNeeded } from './console.guard.js';
import { toOwnPath } from './own-path.js';

const SIGN_IN = '/console/sign-in';

/** People read the answers of these paths: a page shows what went wrong, and the log has it too where it is our fault. */
@Catch()
export class ConsoleFailureFilter implements ExceptionFilter {
  private readonly logger = new Logger(ConsoleFailureFilter.name);

  constructor(private readonly site: ConsoleSite) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<VisitedRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof SignInNeeded && error.path !== null) {
      const path = toOwnPath(error.path);
      const query =
        path === null || path === '/console' ? '' : `?${new URLSearchParams({ return_url: path })}`;
      leadTo(reply, `${this.site.base}${SIGN_IN}${query}`);
      return;
    }
    const failure = failureOf(error);
    if (failure.status === 500)
      this.logger.error({ msg: 'page failed', ...traceFactsOf(request), error: describeError(error) });
    const page = renderFailurePage(failure, {
      base: this.site.base,
      visit: request.consoleVisit,
      requestId: request.id,
    });
    pageReply(reply, page, failure.status);
  }
}

function failureOf(error: unknown): ConsoleFailure {
  if (error instanceof ConsoleFailure) return error;
  if (error instanceof SignInNeeded)
    return new ConsoleFailure(
      401,
      'Your session has ended',
      'Nothing was changed. A session lasts eight hours, and ends after thirty minutes without a page. Sign in again and repeat what you wanted to do.',
      true,
    );
  if (error instanceof ConsentError && error.code === 'consent_not_found') return notFound('consent');
  if (isDatabaseOutage(error))
    return new ConsoleFailure(
      503,
      'The database does not answer',
      'Nothing was changed. Try again in a moment.',
    );
  if (error instanceof HttpException && error.getStatus() < 500)
    return new ConsoleFailure(
      error.getStatus(),
      'This address cannot be read',
      'A part of it is not of the right form.',
    );
  if (error instanceof Problem && error.details.status < 500)
    return new ConsoleFailure(error.details.status, 'This cannot be accepted', error.details.detail);
  return new ConsoleFailure(500, 'This page failed', 'The fault is in the hub. Its log names this request.');
}
