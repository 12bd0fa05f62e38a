import type { FastifyReply } from 'fastify';
import type { Problem } from './problem.js';

/** Below the hub's public URL: a page for each code, `…/{code}`. */
export const PROBLEM_PAGES_PATH = '/docs/problems';

/** Writes problems as RFC 9457 wants them: `type` leads to the page of the code, `request_id` to the lines of the log. */
export class ProblemWriter {
  /** @param publicUrl without a slash at its end; absent where there are no such pages */
  constructor(private readonly publicUrl?: string) {}

  /** As bytes: Fastify would add a charset, which the media type does not have. */
  bodyOf(problem: Problem, requestId: string): Buffer {
    const pages = this.publicUrl === undefined ? undefined : `${this.publicUrl}${PROBLEM_PAGES_PATH}`;
    const type = pages === undefined ? 'about:blank' : `${pages}/${problem.details.code}`;
    return Buffer.from(JSON.stringify({ type, ...problem.members(), request_id: requestId }));
  }

  send(
    reply: Pick<FastifyReply, 'code' | 'headers' | 'header' | 'send'>,
    problem: Problem,
    requestId: string,
  ): void {
    const { status, headers = {} } = problem.details;
    void reply.code(status).headers(headers).header('content-type', 'application/problem+json');
    void reply.send(this.bodyOf(problem, requestId));
  }
}
