import { BANK_ERROR, HEADER, type BankErrorRow, type ErrorStyle } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BankSettings } from '../model/settings/bank.settings.js';
import { endpointOf } from './endpoint.js';
import { Refusal, SANDBOX_ERROR, type RefusalFacts } from './refusal.error.js';
import { servedVersion } from './served-version.js';

/** The spelling that was recorded from the bank, without a space. */
export const JSON_TYPE = 'application/json;charset=utf-8';

/** What the frame around the endpoints found: no such path, a body that is too large, a media type, a syntax. */
const REFUSAL_OF_STATUS: Readonly<Record<number, readonly [row: BankErrorRow, facts: RefusalFacts]>> = {
  404: [SANDBOX_ERROR.unknownPath, {}],
  413: [SANDBOX_ERROR.bodyTooLarge, {}],
  415: [SANDBOX_ERROR.unsupportedMediaType, { input: 'Content-Type' }],
};

/**
 * The refusal for whatever was thrown: a fault of the caller is never answered as one of the bank.
 *
 * @param status what the error says of itself, if anything
 */
export function refusalOf(error: unknown, status: number | undefined): Refusal {
  if (error instanceof Refusal) return error;
  if (status === undefined || status < 400 || status > 499) return new Refusal(SANDBOX_ERROR.internal);
  const [row, facts] = REFUSAL_OF_STATUS[status] ?? [BANK_ERROR.invalidInput, {}];
  return new Refusal(row, facts);
}

/** Writes headers that every answer of the machine side bears (bank page "reference"). */
export function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = request.raw.headers[HEADER.requestId.toLowerCase()];
  if (typeof requestId === 'string') void reply.header(HEADER.responseId, requestId);
  void reply.header('Content-Type', JSON_TYPE);
}

/** The words of the version that a call chose, whether or not it came as far as its endpoint; else those of today. */
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
  markAnswer(request, reply);
  const status = refusal.status(style);
  void reply.status(status).send(refusal.toBody(style));
  return status;
}
