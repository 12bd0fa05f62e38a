import { Problem, type ProblemKind } from '@consent-hub/platform';
import type { FastifyInstance } from 'fastify';

export const METHOD_NOT_ALLOWED: ProblemKind = {
  status: 405,
  code: 'method_not_allowed',
  detail: 'This path can be called by other methods only; the header Allow names them.',
};

/**
 * Answers a known path that is called by the wrong method with 405 and `Allow` (RFC 9110, section 15.5.6); Fastify alone
 * knows only 404. Costs nothing while the method is right. Must be called before the routes are made.
 */
export function refuseWrongMethods(server: FastifyInstance): void {
  const methodsByRoute = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByRoute.get(url) ?? new Set<string>();
    for (const one of [method].flat()) methods.add(one);
    methodsByRoute.set(url, methods);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...methodsByRoute].flatMap(([route, methods]) =>
      isMatch(route, path) ? [...methods] : [],
    );
    return allowed.length === 0 ? done() : done(methodNotAllowed(allowed));
  });
}

/** Segment by segment; the routes of this API use nothing but names and `:parameters`. */
function isMatch(route: string, path: string): boolean {
  const wanted = route.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, at) => (segment.startsWith(':') ? given[at] !== '' : segment === given[at]))
  );
}

const methodNotAllowed = (allowed: string[]): Problem => {
  const allow = [...new Set(allowed)].sort().join(', ');
  return new Problem({
    ...METHOD_NOT_ALLOWED,
    detail: `This path can be called by ${allow} only.`,
    headers: { Allow: allow },
  });
};
