import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, map, of, type Observable } from 'rxjs';
import { deadEnd, type Answer } from './answer.js';
import { contentSecurityPolicy } from './content-security-policy.js';
import { renderPage } from './pages/render.js';
import { preferredLanguage } from './ui-language.js';
import { visitCookie } from './visit-cookie.js';

/** As much of the server's reply as an answer needs. */
export interface PageReply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

const ON_EVERY_ANSWER = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Writes the answers of the pages' controllers as HTTP, and a page of the same kind when one of them fails. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor<Answer, string> {
  private readonly logger = new Logger(AnswerInterceptor.name);

  intercept(context: ExecutionContext, next: CallHandler<Answer>): Observable<string> {
    const http = context.switchToHttp();
    const request = http.getRequest<{ url: string; headers: Record<string, string | undefined> }>();
    const reply = http.getResponse<PageReply>();
    return next.handle().pipe(
      map((answer) => write(reply, answer)),
      catchError((error: unknown) => {
        this.logger.error(error);
        const language = preferredLanguage(request.headers['accept-language']);
        return of(
          write(
            reply,
            deadEnd('technical_fault', null, language, () => request.url),
          ),
        );
      }),
    );
  }
}

function write(reply: PageReply, answer: Answer): string {
  for (const [name, value] of Object.entries(ON_EVERY_ANSWER)) reply.header(name, value);
  if (answer.kind === 'page') {
    reply.status(answer.status);
    reply.header('content-type', 'text/html; charset=utf-8');
    reply.header('content-security-policy', contentSecurityPolicy(answer.page));
    return renderPage(answer.page);
  }
  if (answer.kind === 'opened') reply.header('set-cookie', visitCookie(answer.cookie, answer.path));
  // 303, so that the browser asks for the next page instead of sending the form on to it (RFC 9110 section 15.4.4).
  reply.status(303);
  reply.header('location', answer.to);
  return '';
}
