import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';

interface BrowserRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Refuses requests that the page of another site sends through the browser of the operator of the bank. A browser names the
 * origin of a request (Fetch Metadata, and the `Origin` of every POST); a request without either comes from no browser, and
 * is allowed.
 */
@Injectable()
export class OwnOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<BrowserRequest>();
    if (request.method === 'GET' || isOwn(request)) return true;
    throw new Problem({
      status: 403,
      code: 'foreign_origin',
      detail:
        'A page of another site sent this. The bank is controlled from its own page, or without a browser.',
    });
  }
}

function isOwn({ headers }: BrowserRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  if (origin === undefined) return true;
  return typeof origin === 'string' && URL.canParse(origin) && new URL(origin).host === headers['host'];
}
