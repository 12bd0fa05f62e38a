import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { formTokenOf, isFormTokenOf, readSecret } from '../../http-api/session-secret.js';
import { isInBackground, roleNeeded, type VisitedRequest } from './console-access.js';
import { ConsoleFailure } from './console-failure.js';
import { mayActAs, type ConsoleRole } from './console-role.js';
import { ConsoleSessionRepository } from './console-session.repository.js';
import { ConsoleSite } from './console-site.js';

const FORM_FORGED = new ConsoleFailure(
  403,
  'This form is not one of your session',
  'The form was sent without the value that your session gave it: by a page of another site, or by a page that was opened before ' +
    'you signed in. Nothing was changed. Open the page again and repeat what you wanted to do.',
);

export const roleMissing = (role: ConsoleRole): ConsoleFailure =>
  new ConsoleFailure(
    403,
    'Your role does not allow this',
    `This needs the role ${role}, which you do not have. Nothing was changed. Ask the administrator of the roles at your organisation.`,
  );

/** Thrown in the place of a page for which a person must sign in first. */
export class SignInNeeded extends Error {
  constructor(
    /** Where the person wanted to go; null where that cannot be repeated. */
    readonly path: string | null,
  ) {
    super('sign-in needed');
  }
}

/** Who may open which page of the console, and that its forms are its own. */
@Injectable()
export class ConsoleGuard implements CanActivate {
  constructor(
    private readonly sessions: ConsoleSessionRepository,
    private readonly site: ConsoleSite,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const inBackground = isInBackground(context);
    const token = readSecret(this.site.session.read(request.headers.cookie));
    const session =
      token && (inBackground ? await this.sessions.find(token) : await this.sessions.continue(token));
    if (!token || !session) {
      if (inBackground) throw new ConsoleFailure(401, 'Your session has ended', 'Sign in again.', true);
      throw new SignInNeeded(request.method === 'GET' ? request.url : null);
    }
    if (request.method === 'POST') assertOwnForm(request, (given) => isFormTokenOf(token, given));
    const role = roleNeeded(context);
    if (!mayActAs(session, role)) throw roleMissing(role);
    request.consoleVisit = { session, csrf: formTokenOf(token), hasSandbox: this.site.hasSandbox };
    return true;
  }
}

function assertOwnForm(request: FastifyRequest, isOwn: (given: unknown) => boolean): void {
  const body = request.body as { readonly csrf?: unknown } | null | undefined;
  if (isFromElsewhere(request) || !isOwn(body?.csrf)) throw FORM_FORGED;
}

/** Browsers say so by themselves (Fetch Metadata); a request without these headers is judged by the others. */
export const isFromElsewhere = ({ headers }: FastifyRequest): boolean => {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
};
