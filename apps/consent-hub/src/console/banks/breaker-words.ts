import type { CircuitBreakerStanding } from '@consent-hub/consent';
import type { FailedRequest } from '@consent-hub/token-grant';
import { number, type Meaning } from '../frame/parts.js';

/** What the circuit breaker counts against the bank. */
export const countedOf = ({ results }: Pick<CircuitBreakerStanding, 'results'>): string[] =>
  results.filter((consentId) => consentId !== null);

/** In a word, with its colour. A pause by a person comes first. */
export function wordOf({ pausedAt, status }: CircuitBreakerStanding): readonly [string, Meaning] {
  if (pausedAt) return ['paused by a person', 'bad'];
  if (status === 'open') return ['open', 'bad'];
  return status === 'half_open' ? ['half-open', 'doubt'] : ['closed', 'good'];
}

/** `3 × HTTP 500, 2 × GEN-1203-100004`; empty where the journal knows nothing of them. */
export function codesOf(
  { results }: Pick<CircuitBreakerStanding, 'results'>,
  causes: ReadonlyMap<string, FailedRequest>,
): string {
  const counts = new Map<string, number>();
  for (const consentId of countedOf({ results })) {
    const code = causes.get(consentId)?.code;
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => `${number(count)} × ${code}`)
    .join(', ');
}

/** Why the circuit breaker has this status, in a sentence or two. */
export function whyOf(breaker: CircuitBreakerStanding, causes: ReadonlyMap<string, FailedRequest>): string {
  const { status, results, failures, window, resumedBy } = breaker;
  const counted = countedOf(breaker).length;
  const codes = codesOf(breaker, causes);
  if (status === 'closed')
    return counted === 0
      ? `Scheduled refreshes bring pairs. The circuit breaker opens when ${failures} of the last ${window} count against the bank.`
      : `${number(counted)} of the last ${number(results.length)} results count against the bank${codes && ` (${codes})`}; at ${failures} the circuit breaker opens.`;
  const opened =
    results.length === 0
      ? 'Too many refreshes failed; which ones was not kept.'
      : `Of the last ${number(results.length)} results ${number(counted)} count against the bank: refused, or without an answer that can be used${codes && ` (${codes})`}.`;
  if (status === 'open') return opened;
  const how = resumedBy === null ? 'A canary brought a pair' : 'A person resumed refreshes';
  return `${how}, and a few are tried: ${failures} good ones in a row close the circuit breaker, one without an answer opens it again. It had opened before: ${opened.charAt(0).toLowerCase()}${opened.slice(1)}`;
}
