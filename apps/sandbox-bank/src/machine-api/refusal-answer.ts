import type { IncomingMessage } from 'node:http';
import { BANK_ERROR, HEADER, type BankErrorRow, type ErrorStyle } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';
import { SANDBOX_ERROR } from './sandbox-errors.js';

/** The spelling that was recorded from the bank, without a space. */
const JSON_TYPE = 'application/json;charset=utf-8';

/** What the frame around the endpoints found: no such path, a body that is too large, a media type, a syntax. */
const ROW_OF_STATUS: Readonly<Record<number, BankErrorRow>> = {
  404: SANDBOX_ERROR.unknownPath,
  413: SANDBOX_ERROR.bodyTooLarge,
  415: SANDBOX_ERROR.unsupportedMediaType,
};

/**
 * The refusal for whatever was thrown: a fault of the caller is never answered as one of the bank.
 *
 * @param status what the error says of itself, if anything
 */
export function refusalOf(error: unknown, status: number | undefined): Refusal {
  if (error instanceof Refusal) return error;
  if (status === undefined || status < 400 || status > 499) return new Refusal(SANDBOX_ERROR.internal);
  return new Refusal(ROW_OF_STATUS[status] ?? BANK_ERROR.invalidInput);
}

/** Writes headers that every answer of the machine side bears (bank page "reference"). */
export function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = request.raw.headers[HEADER.requestId.toLowerCase()];
  if (typeof requestId === 'string') void reply.header(HEADER.responseId, requestId);
  void reply.header('Content-Type', JSON_TYPE);
}

const styles = new WeakMap<IncomingMessage, ErrorStyle>();

/** From now on this call is refused in the words of the version that it chose. */
export const keepErrorStyle = (request: IncomingMessage, style: ErrorStyle): void =>
  void styles.set(request, style);

/** @returns the status of the answer */
export function answerRefusal(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): number {
  markAnswer(request, reply);
  const style = styles.get(request.raw) ?? 'current';
  const status = refusal.status(style);
  void reply.status(status).send(refusal.toBody(style));
  return status;
}
