import type { FastifyReply } from 'fastify';
import type { Problem } from './problem.js';

/** Writes a problem as RFC 9457 wants it, as bytes: Fastify would add a charset, which the media type does not have. */
export function sendProblem(
  reply: Pick<FastifyReply, 'code' | 'headers' | 'header' | 'send'>,
  problem: Problem,
): void {
  const { status, headers = {} } = problem.details;
  void reply.code(status).headers(headers).header('content-type', 'application/problem+json');
  void reply.send(Buffer.from(JSON.stringify(problem.toBody())));
}
