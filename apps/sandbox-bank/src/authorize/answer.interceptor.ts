import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, map, of, type Observable } from 'rxjs';
import { deadEnd, type Answer, type Page } from './page.js';
import { renderPage } from './pages/render.js';
import { preferredLanguage } from './ui-language.js';
import { visitCookie } from './visit-cookie.js';

/** The part of the server's reply that an answer needs. */
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

/**
 * Allows no script, no style but the app's own, and no framing. Forms may be sent to this app and, because the answer to a
 * form redirects the browser to the TPP, to the callback. Chromium applies `form-action` to every hop of that redirect, and
 * the callback itself usually redirects the browser again, to an address that only the TPP knows: so any https address is
 * allowed, and plain http where the callback is plain http, which no TPP outside development has.
 */
export function contentSecurityPolicy(page: Page): string {
  const forms = page.name === 'dead-end' ? ["'none'"] : ["'self'", ...returnSources(page.frame.redirectUri)];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${forms.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** A callback into an app on the PSU's phone (RFC 8252 section 7.1) has a scheme of its own and no origin. */
function returnSources(redirectUri: string): string[] {
  const { protocol, origin } = new URL(redirectUri);
  if (protocol === 'https:') return [origin, 'https:'];
  return protocol === 'http:' ? [origin, 'https:', 'http:'] : [protocol, 'https:'];
}
