import { FastifyAdapter } from '@nestjs/platform-fastify';
import { requestIdOf } from '@consent-hub/platform';
import { HEADER } from '@consent-hub/psd2-protocol';
import type { FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { answerFailure } from './failure.filter.js';
import { hookMachineSide } from './machine-api/machine-hooks.js';
import { SIDE_CONSTRAINT } from './machine-api/machine-side.js';

const BODY_LIMIT_BYTES = 64 * 1024;

/** One Fastify for the plain port and both machine ports, whose routes are parted by a constraint. */
export function createAdapter(logger: Logger): FastifyAdapter {
  const options: FastifyServerOptions = {
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    // What a TPP calls its request, if that is harmless in a log line.
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request.headers[HEADER.requestId.toLowerCase()]),
    // A HEAD would open an authorization, and show it to nobody.
    exposeHeadRoutes: false,
    // The router refuses a path before any filter runs.
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply),
  };
  const adapter = new FastifyAdapter(options);
  const server = adapter.getInstance();
  server.addConstraintStrategy(SIDE_CONSTRAINT);
  server.removeContentTypeParser('text/plain');
  hookMachineSide(server, logger);
  return adapter;
}
