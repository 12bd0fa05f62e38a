import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  CONNECTION_TIMEOUTS,
  fastifyTimeouts,
  logRequests,
  Problem,
  ProblemWriter,
  REQUEST_ID_HEADER,
  requestFacts,
  requestIdOf,
  traceRequests,
  type ProblemKind,
} from '@consent-hub/platform';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { acceptFormsWhereWanted, acceptOnlyJson } from './json-body.js';
import { refuseWrongMethods } from './method-check.js';
import { UnreadableRequestHandler } from './unreadable-request.handler.js';

/**
 * On every answer, for the browsers that meet it: what the OWASP REST Security Cheat Sheet asks of answers that are data, and
 * what keeps other sites' pages away from them. One constant, since a middleware that composes the same values for each
 * request (helmet) costs as much as recognising its caller. A page that needs styles or scripts says so by a header of its own.
 */
export const SAFE_HEADERS = {
  // Answers hold tokens and states of the moment; RFC 6749, section 5.1 asks for this in every answer with a token.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** More than a hundred times the largest body of the API. */
const BODY_LIMIT_BYTES = 64 * 1024;

export const PATH_UNREADABLE: ProblemKind = {
  status: 400,
  code: 'malformed_url',
  detail: 'The path holds a percent encoding that cannot be read.',
};
export const PATH_TOO_LONG: ProblemKind = {
  status: 414,
  code: 'url_too_long',
  detail: 'A part of the path is too long.',
};

/** Banks and proxies put a slash where a folder could be; the PSU who comes that way has done nothing wrong. */
const SLASH_AFTER_PAGE = /^(\/my|\/(?:callback|start|my)\/[^/?]+)\/(?=\?|$)/;

/** Fastify as the hub wants it: small JSON bodies, a request id on everything, one log line a request, safe headers, deadlines. */
export function createAdapter(
  logger: Logger,
  problems: ProblemWriter,
  timeouts = CONNECTION_TIMEOUTS,
): FastifyAdapter {
  const unreadable = new UnreadableRequestHandler(logger, problems);
  const options: FastifyServerOptions = {
    logger: false,
    ...fastifyTimeouts(timeouts),
    bodyLimit: BODY_LIMIT_BYTES,
    // The hub uses no caller address, so it trusts no header that claims one.
    trustProxy: false,
    // What still comes on an open connection is served; Fastify's own refusal would be none of this API's.
    return503OnClosing: false,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => url.replace(SLASH_AFTER_PAGE, '$1'),
    genReqId: (request) => requestIdOf(request.headers[REQUEST_ID_HEADER]),
    // The router refuses a path before any hook or filter runs: id, log line and answer are due here.
    frameworkErrors: (error, request, reply) => {
      void reply.headers(SAFE_HEADERS).header(REQUEST_ID_HEADER, request.id);
      reply.raw.once('finish', () => logger.info(requestFacts(request, reply), 'request answered'));
      const kind = error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? PATH_TOO_LONG : PATH_UNREADABLE;
      problems.send(reply, new Problem(kind), request.id);
    },
    clientErrorHandler: (error, socket) => {
      unreadable.refuse(error, socket);
    },
  };
  const adapter = new FastifyAdapter(options);
  const server = adapter.getInstance();
  // Before all others, so that what they do is part of it.
  traceRequests(server);
  logRequests(server, logger);
  unreadable.watch(server);
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SAFE_HEADERS);
    done();
  });
  acceptOnlyJson(server);
  acceptFormsWhereWanted(server);
  refuseWrongMethods(server);
  ignoreExpectations(server);
  endConnectionsWhenClosing(server);
  return adapter;
}

/** Node would answer what it does not expect itself, with nothing but 417; RFC 9110, section 10.1.1 leaves that to the server. */
function ignoreExpectations({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
}

/**
 * Fastify ends idle connections when it closes. One that was busy then would hold it up until its caller leaves, and so would one on
 * which no request has come yet: Node takes that for busy.
 */
function endConnectionsWhenClosing(server: FastifyInstance): void {
  let isClosing = false;
  const silent = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  server.addHook('preClose', (done) => {
    isClosing = true;
    for (const socket of silent) socket.destroy();
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    if (isClosing) request.raw.socket.end();
    done();
  });
}
