/**
 * On every answer, for the browsers that meet it: what the OWASP REST Security Cheat Sheet asks of answers that are data, and
 * what keeps other sites' pages away from them. One constant, since a middleware that composes the same values for each
 * request (helmet) costs as much as recognising its caller. A page that needs styles or scripts says so by a header of its own.
 */
export const SAFE_HEADERS = {
  // Answers hold tokens and states of the moment; RFC 6749, section 5.1 asks for this wherever a token is.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
