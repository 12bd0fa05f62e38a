import type { FastifyReply } from 'fastify';
import type { PageAnswer } from './psu-pages.js';

/** See other (RFC 9110, section 15.4.4): what follows a form is a page that can be loaded again. */
export const onTo = (location: string, headers: Readonly<Record<string, string>> = {}): PageAnswer => ({
  status: 303,
  headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', location, ...headers },
});

/** Writes status and headers. @returns the body */
export function answer(reply: FastifyReply, { status, headers, body }: PageAnswer): string | undefined {
  void reply.status(status).headers(headers);
  return body;
}
