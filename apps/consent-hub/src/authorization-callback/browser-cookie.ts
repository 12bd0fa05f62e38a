import { timingSafeEqual } from 'node:crypto';
import { hashOfBrowserKey, type ConsentEntity } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';

/** No link waits longer (CONSENT_LINK_SECONDS), and a visitor who opens it again a little later gets the same outcome. */
const MAX_AGE_SECONDS = 86_400;

/**
 * One cookie a consent, so that several links can be open in one browser. `__Host-` keeps other hosts of the same domain from
 * planting one (RFC 6265bis, section 4.1.3.2); browsers take it over TLS alone, so a hub whose public URL is plain HTTP, on a
 * developer's machine, does without.
 */
const nameOf = (consentId: string, isSecure: boolean): string =>
  `${isSecure ? '__Host-' : ''}consent-${consentId}`;

/** `Lax`: the bank sends the browser back from another site, by a link or a redirect. */
export const browserCookie = (consentId: string, key: Secret, isSecure: boolean): string =>
  `${nameOf(consentId, isSecure)}=${key.reveal()}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax` +
  (isSecure ? '; Secure' : '');

/** Whether a return comes from the browser that its consent is tied to, or from any where it is tied to none. */
export function isFromItsBrowser(
  { id, browserKeyHash }: Pick<ConsentEntity, 'id' | 'browserKeyHash'>,
  cookies: string | undefined,
  isSecure: boolean,
): boolean {
  if (browserKeyHash === null) return true;
  const beginning = `${nameOf(id, isSecure)}=`;
  const cookie = (cookies ?? '')
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(beginning));
  return (
    cookie !== undefined &&
    timingSafeEqual(hashOfBrowserKey(new Secret(cookie.slice(beginning.length))), browserKeyHash)
  );
}
