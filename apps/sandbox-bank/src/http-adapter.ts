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
import { markAnswer } from './machine-api/refusal-answer.js';

const BODY_LIMIT_BYTES = 64 * 1024;
/** The logical-ID of an account stands in a path, and is longer than the router's usual 100 characters. */
const PATH_PARAMETER_LIMIT = 4_096;

/** One Fastify for the plain port and both machine ports, whose routes are parted by a constraint. */
export function createAdapter(logger: Logger, timeouts = CONNECTION_TIMEOUTS): FastifyAdapter {
  const options: FastifyServerOptions = {
    logger: false,
    ...fastifyTimeouts(timeouts),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: PATH_PARAMETER_LIMIT },
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
  const parseJson = server.getDefaultJsonParser('error', 'error');
  // RFC 8259 section 8.1: what is not UTF-8 is not JSON; read as text, it would be other data than was sent.
  adapter.useBodyParser('application/json', true, { bodyLimit: BODY_LIMIT_BYTES }, (request, body, done) =>
    isUtf8(body) ? parseJson(request, body.toString(), done) : done(new BadRequestException(), undefined),
  );
  hookMachineSide(server, logger);
  return adapter;
}

/** Gives every answer of the machine side its headers, and writes one line for each. */
function hookMachineSide(server: FastifyInstance, logger: Logger): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (!brandOf(request.raw)) return Promise.resolve(payload);
    markAnswer(request, reply);
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
