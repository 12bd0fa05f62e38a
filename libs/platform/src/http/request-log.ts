import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AuthenticatedRequest } from './access.js';
import { REQUEST_ID_HEADER } from './request-id.js';
import { traceFactsOf } from './request-trace.js';

/** The facts of one answered request that may be kept: no path as sent, no query, header or body, which can be secret. */
export const requestFacts = (request: FastifyRequest & AuthenticatedRequest, reply: FastifyReply) => ({
  ...traceFactsOf(request),
  method: request.method,
  route: request.routeOptions.url ?? null,
  status: reply.statusCode,
  durationMs: Math.round(reply.elapsedTime * 10) / 10,
  ...(request.caller && { client: request.caller.name }),
  ...(!reply.raw.writableFinished && { callerLeft: true }),
});

/** Sends each request its id back, and writes one line for it when it is answered. */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  // `requestFacts` names all that is kept of a request, so there is nothing for the second net to catch, at a cost that
  // would be the largest of a short request.
  const lines = logger.child({}, { redact: [] });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    lines.info(requestFacts(request, reply), 'request answered');
    done();
  });
}
