import { echoOf, retryAfterOf } from './answer-headers.js';
import type { BankCall } from './bank-connection.js';
import { BankError, type BankErrorContext } from './bank-error.js';
import { codeWordsOf, isDocumented, meaningOf } from './code-words.js';
import type { BankAnswer } from './exchange.js';
import { isBusy, isSuccess } from './http-status.js';

/** Said by what stands before the bank, which may still be at work behind it. */
const OF_A_GATEWAY = new Set([502, 504]);

/**
 * What an answer lets us conclude that grants nothing. A gateway, proxy or firewall before the bank answers with any status
 * too, and may do so after the bank has acted, or while it is at work. So an answer is the bank's verdict only with its
 * marks: our Request-ID in `Response-ID`, or code words that the bank documents. Without them a call that may have changed
 * something is in doubt, and one that only reads has failed in passing.
 */
export function refusalOf(
  answer: BankAnswer,
  { requestId, method }: Pick<BankCall, 'requestId' | 'method'>,
): BankError {
  const { status, headers, body } = answer;
  const words = codeWordsOf(body);
  const echo = echoOf(headers, requestId);
  const isDocumentedError = isDocumented(words);
  const isOfBank = echo === 'same' || (echo === 'missing' && isDocumentedError);
  const context: BankErrorContext = {
    requestId,
    httpStatus: status,
    ...(isOfBank || isDocumentedError ? words : {}),
    ...retryAfterOf(headers),
  };
  const doubt = (callIsOver: boolean) => new BankError('outcome_unknown', { ...context, callIsOver });

  // A refusal that belongs to another request must not end a consent.
  if (echo === 'different') return doubt(false);
  if (isBusy(status) && (isOfBank || method === 'GET')) return new BankError('busy', context);
  // An error under a status of success is believed if it is a known one. A server that answers so waits for no server behind it:
  // a gateway in front of the bank says by 502 and 504 that it has stopped waiting.
  if (isSuccess(status) && !isDocumentedError) return doubt(true);
  if (!isOfBank) return doubt(false);
  if (status >= 500) return doubt(!OF_A_GATEWAY.has(status));
  return new BankError(meaningOf(words), context);
}
