import { SpanKind, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endSpan, isTracing, markFailed, startSpanOfCaller, withSpan } from '../tracing/spans.js';
import type { AuthenticatedRequest } from './access.js';

interface SpannedRequest extends FastifyRequest {
  span?: Span;
  /** As far as the consent is known by it, where the path does not name one. */
  readonly trace?: { readonly consentId: string | null };
}

/** Routes of one consent, which name it in their path. */
const OF_CONSENT = /^\/(?:v1\/consents|start|my\/consents|my\/renewals)\/:id(?:\/|$)/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The consent that the path of a request names; undefined when it names none, or something that is no id. */
export function consentIdOf({ params, routeOptions }: FastifyRequest): string | undefined {
  // Null where the path led to no route.
  const id = (params as { readonly id?: string } | null | undefined)?.id;
  return id !== undefined && OF_CONSENT.test(routeOptions.url ?? '') && UUID.test(id) ? id : undefined;
}

/** The span of a request; undefined where nothing is traced. */
export const spanOfRequest = (request: SpannedRequest): Span | undefined => request.span;

/** Gives each request a span, named by its method and the template of its route. Adds nothing where nothing is traced. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTracing()) return;
  server.decorateRequest('span', undefined);
  server.addHook('onRequest', (request: SpannedRequest, _reply, done) => {
    const span = startSpanOfCaller(nameOf(request), SpanKind.SERVER, request.headers);
    if (span === undefined) return done();
    request.span = span;
    withSpan(span, done);
  });
  server.addHook('onResponse', (request: SpannedRequest, reply, done) => {
    if (request.span) endRequest(request.span, request, reply);
    done();
  });
}

const routeOf = (request: FastifyRequest): string | undefined =>
  request.is404 ? undefined : request.routeOptions.url;

/** A path as sent may hold anything; that of a route is one of few. */
function nameOf(request: FastifyRequest): string {
  const route = routeOf(request);
  return route === undefined ? request.method : `${request.method} ${route}`;
}

function endRequest(span: Span, request: SpannedRequest & AuthenticatedRequest, reply: FastifyReply): void {
  const route = routeOf(request);
  span.setAttribute('http.request.method', request.method);
  if (route !== undefined) span.setAttribute('http.route', route);
  span.setAttribute('http.response.status_code', reply.statusCode);
  span.setAttribute('consent_hub.request_id', request.id);
  const consentId = consentIdOf(request) ?? request.trace?.consentId ?? undefined;
  if (consentId !== undefined) span.setAttribute('consent_hub.consent_id', consentId);
  if (request.caller) span.setAttribute('consent_hub.client', request.caller.name);
  if (reply.statusCode >= 500) markFailed(span, String(reply.statusCode));
  endSpan(span);
}
