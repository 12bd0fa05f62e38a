import { isUtf8 } from 'node:buffer';
import { BadRequestException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CONNECTION_TIMEOUTS, fastifyTimeouts, requestFacts, requestIdOf } from '@consent-hub/platform';
import { HEADER } from '@consent-hub/psd2-protocol';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { answerFailure } from './failure.filter.js';
import { alteredAnswer } from './machine-api/altered-answers.js';
import { endpointOf } from './machine-api/endpoint.js';
import { brandOf, SIDE_CONSTRAINT } from './machine-api/machine-side.js';
import { writeHeaders } from './machine-api/refusal-answer.js';

const BODY_LIMIT_BYTES = 64 * 1024;
/** A path may hold the logical-ID of an account, which is longer than the router's default limit of 100 characters. */
const PATH_PARAMETER_LIMIT = 4_096;

/** One Fastify instance for the plain port and the machine ports; a constraint separates their routes. */
export function createAdapter(logger: Logger, timeouts = CONNECTION_TIMEOUTS): FastifyAdapter {
  const options: FastifyServerOptions = {
    logger: false,
    ...fastifyTimeouts(timeouts),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: PATH_PARAMETER_LIMIT },
    // The TPP's own request id, if it is safe in a log line.
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request.headers[HEADER.requestId.toLowerCase()]),
    // A HEAD request would open an authorization and show no link.
    exposeHeadRoutes: false,
    // The router refuses a path before any filter runs.
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply),
  };
  const adapter = new FastifyAdapter(options);
  const server = adapter.getInstance();
  server.addConstraintStrategy(SIDE_CONSTRAINT);
  server.removeContentTypeParser('text/plain');
  const parseJson = server.getDefaultJsonParser('error', 'error');
  // RFC 8259 section 8.1: JSON is UTF-8; other bytes, read as text, would be other data than was sent.
  adapter.useBodyParser('application/json', true, { bodyLimit: BODY_LIMIT_BYTES }, (request, body, done) =>
    isUtf8(body) ? parseJson(request, body.toString(), done) : done(new BadRequestException(), undefined),
  );
  hookMachineSide(server, logger);
  return adapter;
}

/** Adds the headers of the machine side to each of its answers, and logs one line for each. */
function hookMachineSide(server: FastifyInstance, logger: Logger): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (!brandOf(request.raw)) return Promise.resolve(payload);
    writeHeaders(request, reply);
    if (endpointOf(request)?.isNeverStored)
      void reply.headers({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    return Promise.resolve(alteredAnswer(request.raw, payload));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const brand = brandOf(request.raw);
    if (brand) logger.info({ brand, ...requestFacts(request, reply) }, 'request answered');
    done();
  });
}
