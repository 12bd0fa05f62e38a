import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { ClientsPerson } from '@consent-hub/consent';
import type { FastifyRequest } from 'fastify';
import { preferredLanguage, type PageLanguage } from '../http-api/page-language.js';
import { PageRefusal } from './page-refusal.js';
import { PsuSessionService } from './psu-session.service.js';
import { formTokenOf, isFormTokenOf } from '../http-api/session-secret.js';

/** The person at the browser, and what their pages need to know. */
export interface Visitor {
  readonly sessionId: string;
  readonly person: ClientsPerson;
  readonly language: PageLanguage;
  readonly returnUrl: string | null;
  /** For every form. */
  readonly formToken: string;
}

type VisitedRequest = FastifyRequest & { visitor?: Visitor };

/**
 * Admits requests with a session. A request that changes something must come from a form of the hub's own pages: the token proves
 * it, and browsers send where a request comes from (Fetch Metadata, header `Sec-Fetch-Site`).
 */
@Injectable()
export class PsuSessionGuard implements CanActivate {
  constructor(private readonly sessions: PsuSessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const { method, headers, query, body } = request;
    const open = await this.sessions.find(headers.cookie);
    if (!open) throw new PageRefusal('session_over');
    const { session, secret } = open;
    const language = session.language ?? preferredLanguage(headers['accept-language']);
    if (method !== 'GET' && method !== 'HEAD') {
      const isOwnPage = [undefined, 'same-origin'].includes(headers['sec-fetch-site']);
      const token = (body as Record<string, unknown> | undefined)?.['form_token'];
      if (!isOwnPage || !isFormTokenOf(secret, token)) throw new PageRefusal('forged', language);
    }
    // Where it leads back to was said when the link was made, and nowhere else.
    if ('return_url' in (query as object)) throw new PageRefusal('elsewhere', language);
    request.visitor = {
      sessionId: session.id,
      person: { psuRef: session.psuRef, apiClientId: session.apiClientId },
      language,
      returnUrl: session.returnUrl,
      formToken: formTokenOf(secret),
    };
    return true;
  }
}

/** Binds the person at the browser to a parameter of a controller method. */
export const CurrentVisitor = createParamDecorator((_data: unknown, context: ExecutionContext): Visitor => {
  const { visitor } = context.switchToHttp().getRequest<VisitedRequest>();
  if (!visitor) throw new Error('A page without a session has no visitor');
  return visitor;
});
