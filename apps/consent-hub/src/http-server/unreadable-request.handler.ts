import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Problem,
  ProblemWriter,
  REQUEST_ID_HEADER,
  requestIdOf,
  type ProblemKind,
} from '@consent-hub/platform';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** What Node's parser says of bytes that it takes for no request. */
interface ParserError extends Error {
  readonly code?: string;
  /** The last that was read: with luck, the head of the request. */
  readonly rawPacket?: unknown;
}

const NO_REQUEST: ProblemKind = {
  status: 400,
  code: 'malformed_request',
  detail: 'What was sent is no HTTP request.',
};

/** By the code of the parser's error. */
const BY_CODE: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The headers of the request are larger than 16 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not arrive in time.',
  },
};

/** How a connection is answered on which no request could be read. */
export const UNREADABLE_PROBLEMS: readonly ProblemKind[] = [NO_REQUEST, ...Object.values(BY_CODE)];

const GIVEN_ID = new RegExp(`^${REQUEST_ID_HEADER}:[ \\t]*(\\S*)[ \\t]*\\r?$`, 'im');

/** Refuses what never became a request as anything else is refused, with an id and a line in the log, and closes the connection. */
export class UnreadableRequestHandler {
  private readonly lastAnswers = new WeakMap<Duplex, ServerResponse<IncomingMessage>>();

  constructor(
    private readonly logger: Logger,
    private readonly problems: ProblemWriter,
  ) {}

  /** Must be called before the routes are made. */
  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      this.lastAnswers.set(request.raw.socket, reply.raw);
      done();
    });
  }

  refuse({ code = '', rawPacket }: ParserError, socket: Duplex): void {
    const close = (): void => void socket.destroy();
    if (code === 'ECONNRESET' || !socket.writable) return close();
    if (this.isAnswering(socket)) return void socket.end(close);
    const problem = new Problem(BY_CODE[code] ?? NO_REQUEST);
    const [, given] = GIVEN_ID.exec(Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '') ?? [];
    const requestId = requestIdOf(given);
    socket.end(this.answerOf(problem, requestId), close);
    const { status } = problem.details;
    this.logger.info({ requestId, method: null, route: null, status }, 'request answered');
  }

  /** The hub has begun to answer this request, or has one before it to answer: a second answer would be taken for that. */
  private isAnswering(socket: Duplex): boolean {
    const answer = this.lastAnswers.get(socket);
    if (!answer) return false;
    return answer.req.complete ? !answer.writableFinished : answer.headersSent;
  }

  private answerOf(problem: Problem, requestId: string): Buffer {
    const { status } = problem.details;
    const body = this.problems.bodyOf(problem, requestId);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${body.length}`,
      'Cache-Control: no-store',
      `${REQUEST_ID_HEADER}: ${requestId}`,
      'Connection: close',
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  }
}
