import { endSpan, startSpan } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { SpanKind } from '@opentelemetry/api';
import type { BankCall } from './bank-connection.js';
import { BankError } from './bank-error.js';
import type { BankAnswer } from './exchange.js';

/**
 * Makes a call of the bank in a span below that of what it is made for. The span names the endpoint, never the path, whose query
 * may hold an account. No header of a trace goes to the bank.
 */
export async function inBankSpan(
  brand: Brand,
  { endpoint, method, requestId, span: parent }: BankCall,
  call: () => Promise<BankAnswer>,
): Promise<BankAnswer> {
  const span =
    parent &&
    startSpan(`${method} /${endpoint}`, {
      kind: SpanKind.CLIENT,
      parent,
      attributes: {
        'http.request.method': method,
        'consent_hub.brand': brand,
        'consent_hub.bank_endpoint': endpoint,
        'consent_hub.bank_request_id': requestId,
      },
    });
  if (span === undefined) return call();
  try {
    const answer = await call();
    span.setAttribute('http.response.status_code', answer.status);
    endSpan(span);
    return answer;
  } catch (error) {
    const status = error instanceof BankError ? error.context.httpStatus : undefined;
    if (status !== undefined) span.setAttribute('http.response.status_code', status);
    endSpan(span, error);
    throw error;
  }
}
