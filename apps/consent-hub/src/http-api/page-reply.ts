import type { FastifyReply } from 'fastify';

/** What a browser gets. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Pages may show who looks at them: they stay out of caches, and their addresses out of other pages' logs. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const;

/** @param policy the content security policy of the page */
export const pageAnswer = (body: string, policy: string, status = 200): PageAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, ...PRIVATE },
  body,
});

/** See other (RFC 9110, section 15.4.4): what follows a form is a page that can be loaded again. */
export const onTo = (location: string, headers: Readonly<Record<string, string>> = {}): PageAnswer => ({
  status: 303,
  headers: { ...PRIVATE, location, ...headers },
});

/** Writes status and headers. @returns the body */
export function answer(reply: FastifyReply, { status, headers, body }: PageAnswer): string | undefined {
  void reply.status(status).headers(headers);
  return body;
}
