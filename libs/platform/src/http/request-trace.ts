import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Span } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import { spanNamesOf } from '../tracing/spans.js';
import type { AuthenticatedRequest, Caller } from './access.js';
import { consentIdOf, spanOfRequest } from './request-span.js';

/** Names under which the log identifies a request: of its caller, of the bank for each call made for it, and of the consent. */
export interface TraceFacts {
  /** The caller's X-Request-Id, or the one it was given. */
  readonly requestId: string;
  readonly consentId?: string;
  /** Request-ID of the call of the bank; a list where there were several. */
  readonly bankRequestId?: string | readonly string[];
  /** Trace id of the span of the request, W3C: 32 and 16 hexadecimal digits. Absent where nothing is traced. */
  readonly trace_id?: string;
  readonly span_id?: string;
}

/** What was done for one request. Passed to all code that works for it, so that every line of the log names the same request. */
export class RequestTrace {
  /** The consent it is about, where the path does not say. */
  consentId: string | null = null;
  private readonly bankRequestIds: string[] = [];

  /** @param span of the request, below which stands what is done for it; undefined where nothing is traced */
  constructor(
    readonly requestId: string,
    readonly span?: Span,
  ) {}

  /** @param bankRequestId of a call that was made for this request, or that it shares */
  called(bankRequestId: string): void {
    if (!this.bankRequestIds.includes(bankRequestId)) this.bankRequestIds.push(bankRequestId);
  }

  get facts(): TraceFacts {
    const [first, ...others] = this.bankRequestIds;
    return {
      requestId: this.requestId,
      ...(this.consentId !== null && { consentId: this.consentId }),
      ...(first !== undefined && { bankRequestId: others.length === 0 ? first : this.bankRequestIds }),
      ...(this.span && spanNamesOf(this.span)),
    };
  }
}

interface TracedRequest extends FastifyRequest {
  trace?: RequestTrace;
}

/** The trace of a request, from now on. */
export const traceOf = (request: TracedRequest): RequestTrace =>
  (request.trace ??= new RequestTrace(request.id, spanOfRequest(request)));

/** Binds the trace of the request to a parameter of a controller method. */
export const CurrentTrace = createParamDecorator((_data: unknown, context: ExecutionContext): RequestTrace =>
  traceOf(context.switchToHttp().getRequest<TracedRequest>()),
);

/** The authenticated caller of a request, and what was done for it. */
export interface TracedCaller {
  readonly caller: Caller;
  readonly trace: RequestTrace;
}

/** Binds the authenticated caller, with the trace of its request, to a parameter of a controller method. */
export const CurrentTracedCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): TracedCaller => {
    const request = context.switchToHttp().getRequest<TracedRequest & AuthenticatedRequest>();
    if (!request.caller) throw new Error('A public route has no caller');
    return { caller: request.caller, trace: traceOf(request) };
  },
);

/** Names under which the log identifies a request; from what the caller sent, only ids of the right form. */
export function traceFactsOf(request: TracedRequest): TraceFacts {
  const { requestId = request.id, ...facts }: Partial<TraceFacts> =
    request.trace?.facts ?? spanNamesOf(spanOfRequest(request));
  const consentId = consentIdOf(request);
  return { requestId, ...(consentId !== undefined && { consentId }), ...facts };
}
