import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BANK_ERROR, HEADER, type BankErrorRow, type ErrorStyle } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BankSettings } from '../model/settings/bank.settings.js';
import { endpointOf } from './endpoint.js';
import { Refusal, SANDBOX_ERROR, type RefusalFacts } from './refusal.error.js';
import { servedVersion } from './served-version.js';

/** The spelling that was recorded from the bank: without a space. */
export const JSON_TYPE = 'application/json;charset=utf-8';

/** The refusals for what the framework finds: an unknown path, a body that is too large, a media type, bad syntax. */
const REFUSAL_OF_STATUS: Readonly<Record<number, readonly [row: BankErrorRow, facts: RefusalFacts]>> = {
  404: [SANDBOX_ERROR.unknownPath, {}],
  413: [SANDBOX_ERROR.bodyTooLarge, {}],
  415: [SANDBOX_ERROR.unsupportedMediaType, { input: 'Content-Type' }],
};

/**
 * The refusal for an error: a fault of the caller is never answered as a fault of the bank.
 *
 * @param status the status that the error carries, if any
 */
export function refusalOf(error: unknown, status: number | undefined): Refusal {
  if (error instanceof Refusal) return error;
  if (status === undefined || status < 400 || status > 499) return new Refusal(SANDBOX_ERROR.internal);
  const [row, facts] = REFUSAL_OF_STATUS[status] ?? [BANK_ERROR.invalidInput, {}];
  return new Refusal(row, facts);
}

/** Writes the headers of every answer of the machine side (bank page "reference"). */
export function writeHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = request.raw.headers[HEADER.requestId.toLowerCase()];
  if (typeof requestId === 'string') void reply.header(HEADER.responseId, requestId);
  void reply.header('Content-Type', JSON_TYPE);
}

/** The error style of the version that a call chose, also where it did not reach its endpoint; else the current style. */
export function errorStyleOf(request: FastifyRequest, { contract }: BankSettings): ErrorStyle {
  const endpoint = endpointOf(request);
  const version = endpoint && servedVersion(endpoint.versions, request.raw.headersDistinct, contract);
  return version?.errors ?? 'current';
}

/** @returns the status of the answer */
export function answerRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
  style: ErrorStyle,
): number {
  writeHeaders(request, reply);
  const status = refusal.status(style);
  void reply.status(status).send(refusal.toBody(style));
  return status;
}

/** The error of Node's parser for bytes that are not a request. */
interface ParserError extends Error {
  readonly code?: string;
  /** The last bytes that were read; they may be the head of the request. */
  readonly rawPacket?: Buffer;
}

const ROW_OF_CODE: Readonly<Record<string, BankErrorRow>> = {
  HPE_HEADER_OVERFLOW: SANDBOX_ERROR.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: SANDBOX_ERROR.tooSlow,
};
const REQUEST_ID = new RegExp(`^${HEADER.requestId}:[ \\t]*([\\x21-\\x7e]{1,255})[ \\t]*\\r?$`, 'im');

const lastAnswers = new WeakMap<Duplex, ServerResponse<IncomingMessage>>();

/** Records the answer that was begun last on its connection. */
export const recordAnswer = (response: ServerResponse<IncomingMessage>): void =>
  void lastAnswers.set(response.req.socket, response);

/**
 * Whether the bank is answering the unreadable call, or the call before it: a second answer would be taken for that one.
 */
function isAnswering(socket: Duplex): boolean {
  const answer = lastAnswers.get(socket);
  if (!answer) return false;
  return answer.req.complete ? !answer.writableFinished : answer.headersSent;
}

/** Refuses what is not a readable request, in the bank's form, and closes the connection. */
export function refuseUnreadable({ code = '', rawPacket }: ParserError, socket: Duplex): void {
  const close = (): void => void socket.destroy();
  if (code === 'ECONNRESET' || !socket.writable) return close();
  if (isAnswering(socket)) return void socket.end(close);
  const refusal = new Refusal(ROW_OF_CODE[code] ?? BANK_ERROR.invalidInput);
  const status = refusal.status('current');
  const body = JSON.stringify(refusal.toBody('current'));
  const [, requestId] = REQUEST_ID.exec(rawPacket?.toString('latin1') ?? '') ?? [];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(requestId === undefined ? [] : [`${HEADER.responseId}: ${requestId}`]),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, close);
}
