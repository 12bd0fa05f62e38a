import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Step } from './paths.js';
import { readVisitCookie } from './visit-cookie.js';
import type { VisitRequest } from './visit.service.js';

interface PageRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly headers: { readonly cookie?: string };
  readonly body?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Binds a request for the page of one step: where in which visit, by whose cookie, with what form. */
export const VisitAt = createParamDecorator((step: Step, context: ExecutionContext): VisitRequest => {
  const { method, params, headers, body } = context.switchToHttp().getRequest<PageRequest>();
  return {
    brand: params['brand'] ?? '',
    sessionId: params['session'] ?? '',
    language: params['language'] ?? '',
    step,
    cookie: readVisitCookie(headers.cookie),
    form: method === 'POST' ? (isRecord(body) ? body : {}) : null,
  };
});
