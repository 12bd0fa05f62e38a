import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@consent-hub/platform';
import type { FastifyRequest } from 'fastify';

/** Headers by which browsers say that no person has visited the address yet (Fetch, section "Sec-Purpose", and its predecessors). */
const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/**
 * A return counts once, so only a visit may use it up: a HEAD request (link scanners; Fastify routes it like GET) and a
 * prefetch are refused before any query. Browsers drop a refused prefetch and send the request again.
 */
@Injectable()
export class VisitGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (method !== 'GET') {
      throw new Problem({
        status: 405,
        code: 'method_not_allowed',
        detail: 'This address is visited by GET.',
        headers: { Allow: 'GET' },
      });
    }
    if (PREFETCH_HEADERS.some((name) => /\b(prefetch|preview)\b/i.test(String(headers[name] ?? '')))) {
      throw new Problem({
        status: 503,
        code: 'prefetch_refused',
        detail: 'This address cannot be fetched in advance.',
      });
    }
    return true;
  }
}
