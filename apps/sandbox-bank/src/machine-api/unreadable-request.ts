import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BANK_ERROR, HEADER, type BankErrorRow } from '@consent-hub/psd2-protocol';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';
import { JSON_TYPE } from './refusal-answer.js';

/** What Node's parser says of bytes that it takes for no request. */
interface ParserError extends Error {
  readonly code?: string;
  /** The last that was read: with luck, the head of the request. */
  readonly rawPacket?: Buffer;
}

const ROW_OF_CODE: Readonly<Record<string, BankErrorRow>> = {
  HPE_HEADER_OVERFLOW: SANDBOX_ERROR.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: SANDBOX_ERROR.tooSlow,
};
const REQUEST_ID = new RegExp(`^${HEADER.requestId}:[ \\t]*([\\x21-\\x7e]{1,255})[ \\t]*\\r?$`, 'im');

const lastAnswers = new WeakMap<Duplex, ServerResponse<IncomingMessage>>();

/** From now on this is the last answer that was begun on its connection. */
export const keepAnswer = (response: ServerResponse<IncomingMessage>): void =>
  void lastAnswers.set(response.req.socket, response);

/** The bank has begun to answer the call that cannot be read on, or has one before it to answer: a second answer would be taken for that. */
function isAnswering(socket: Duplex): boolean {
  const answer = lastAnswers.get(socket);
  if (!answer) return false;
  return answer.req.complete ? !answer.writableFinished : answer.headersSent;
}

/** Refuses what never became a request, in the bank's words like anything else, and closes the connection. */
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
