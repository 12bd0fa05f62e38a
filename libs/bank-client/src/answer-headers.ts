import type { IncomingHttpHeaders } from 'node:http';
import { HEADER } from '@consent-hub/psd2-protocol';

/** As Node names it. */
const RESPONSE_ID = HEADER.responseId.toLowerCase();
const MAX_RETRY_AFTER_SECONDS = 86_400;

/**
 * Whether the bank repeated our Request-ID, as every page of its reference promises. Proxies repeat a header, or join its
 * values by commas (RFC 9110 section 5.3): ours among them is the echo.
 */
export function echoOf(headers: IncomingHttpHeaders, requestId: string): 'same' | 'different' | 'missing' {
  const header = headers[RESPONSE_ID];
  if (header === requestId) return 'same';
  const ids = [header ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((id) => id.trim().toLowerCase())
    .filter((id) => id !== '');
  if (ids.length === 0) return 'missing';
  return ids.includes(requestId.toLowerCase()) ? 'same' : 'different';
}

/** RFC 9110 section 10.2.3: seconds, or a date; its distance is computed from the bank's own Date, not from our clock. */
export function retryAfterOf(headers: IncomingHttpHeaders): { readonly retryAfterSeconds?: number } {
  const text = firstOf(headers['retry-after'])?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - Date.parse(firstOf(headers.date) ?? '')) / 1000);
  return seconds >= 0 ? { retryAfterSeconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) } : {};
}

/** Behind several proxies a header comes more than once; the bank itself was seen to send two dates. */
const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
