import { isUtf8 } from 'node:buffer';
import { Problem, type ProblemKind } from '@consent-hub/platform';
import { errorCodes, type FastifyInstance } from 'fastify';
import { readForm, takesForm } from '../http-api/form-body.js';

/** Far above any body of this API; below what recursion over a body can bear. */
const MAX_DEPTH = 16;

export const MALFORMED_JSON: ProblemKind = {
  status: 400,
  code: 'malformed_json',
  detail: 'The body is not JSON in UTF-8, or it is nested too deep.',
};

const malformed = (detail: string): Problem => new Problem({ ...MALFORMED_JSON, detail });

/**
 * Bodies are JSON in UTF-8 (RFC 8259, section 8.1) or absent; an empty one counts as absent, since many clients send the
 * content type with every POST. Any other type is refused, also the plain text that Fastify would take.
 */
export function acceptOnlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(malformed('The body is not UTF-8.'), undefined);
    return parse(request, body.toString('utf8'), (error, value: unknown) => {
      if (error) return done(malformed('The body is not JSON, or it names a prototype.'), undefined);
      if (isDeeperThan(MAX_DEPTH, value))
        return done(malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`), undefined);
      return done(null, value);
    });
  });
}

const FORM = 'application/x-www-form-urlencoded';

/** On routes that say so, for browsers without scripts; elsewhere such a body is refused like any other that is not JSON. */
export function acceptFormsWhereWanted(server: FastifyInstance): void {
  server.addContentTypeParser(FORM, { parseAs: 'string' }, (request, body: string, done) => {
    if (takesForm(request.routeOptions.config)) return done(null, readForm(body));
    return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(FORM), undefined);
  });
}

/** Level by level, since a hostile body would exhaust the stack of anything that descends. */
function isDeeperThan(limit: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap(membersOf);
  }
  return false;
}

const membersOf = (node: unknown): unknown[] =>
  typeof node === 'object' && node !== null ? Object.values(node) : [];
