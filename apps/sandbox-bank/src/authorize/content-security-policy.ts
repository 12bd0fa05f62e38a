import type { Page } from './page.js';

/**
 * No script, no style but the app's own, no framing. Forms may go to this app and, since a form's answer sends the browser
 * back to the TPP, to the callback. Chromium holds `form-action` against every hop of that redirect, and the callback
 * itself usually sends the browser on, to an address that only the TPP knows: so any https address is open to it, and
 * plain http where the callback is plain http, which no TPP outside development has.
 */
export function contentSecurityPolicy(page: Page): string {
  const forms = page.name === 'dead-end' ? ["'none'"] : ["'self'", ...returnSources(page.frame.redirectUri)];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${forms.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** A callback into an app on the PSU's phone (RFC 8252 section 7.1) has a scheme of its own and no origin. */
function returnSources(redirectUri: string): string[] {
  const { protocol, origin } = new URL(redirectUri);
  if (protocol === 'https:') return [origin, 'https:'];
  return protocol === 'http:' ? [origin, 'https:', 'http:'] : [protocol, 'https:'];
}
