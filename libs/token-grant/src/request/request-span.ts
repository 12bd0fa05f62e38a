import { endSpan, isTracing, markFailed, spanNamesOf, startSpan } from '@consent-hub/platform';
import type { Span } from '@opentelemetry/api';
import { logNamesOf, type OpenRequest, type RequestRecord } from './reserved-request.js';

/** Apart from the requests, because those are also written to the spool and read from there. */
const spans = new WeakMap<RequestRecord, Span>();

/** Outcomes that need attention. */
const FAILURES: ReadonlySet<string> = new Set(['refused', 'ended', 'in_doubt', 'received']);

/**
 * Begins the span of one token request, from its sending to its settlement. It holds ids and words of this program: no token, and
 * nothing about a person.
 *
 * @param parent the span of the request to the hub that it is made for; undefined: a job makes it, and it is a root
 */
export function startRequestSpan(request: OpenRequest, parent: Span | undefined): Span | undefined {
  if (!isTracing()) return undefined;
  const span = startSpan('token_request', {
    parent,
    attributes: {
      'consent_hub.consent_id': request.consentId,
      'consent_hub.generation': request.expectedGeneration,
      'consent_hub.brand': request.brand,
      'consent_hub.grant_type': request.grantType,
      'consent_hub.bank_request_id': request.requestId,
      'consent_hub.probe': request.probeOf !== null,
      'consent_hub.scheduled': request.callerRequestId === null,
    },
  });
  if (span) spans.set(request, span);
  return span;
}

/** The span of a request that is under way; undefined where nothing is traced. */
export const spanOf = (request: RequestRecord): Span | undefined =>
  isTracing() ? spans.get(request) : undefined;

/** The ids of a request by their names in the log, with those of its span. */
export const tracedNamesOf = (request: RequestRecord) => ({
  ...logNamesOf(request),
  ...spanNamesOf(spanOf(request)),
});

/** Ends the span of a request with its outcome. */
export function endRequestSpan(
  request: OpenRequest,
  { outcome, reason }: { readonly outcome: string; readonly reason: string | null },
): void {
  const span = spanOf(request);
  if (span === undefined) return;
  span.setAttribute('consent_hub.outcome', outcome);
  if (reason !== null) span.setAttribute('consent_hub.reason', reason);
  if (FAILURES.has(outcome)) markFailed(span, outcome);
  endSpan(span);
}

/** Ends the span of a request whose end could not be written. */
export const failRequestSpan = (request: OpenRequest, error: unknown): void =>
  endSpan(spanOf(request), error);
