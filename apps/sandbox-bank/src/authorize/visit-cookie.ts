import { Secret } from '@consent-hub/psd2-protocol';

/** What a browser keeps during one visit: the key of its session, and the link by which it came. */
export interface VisitCookie {
  readonly key: Secret;
  readonly appToken: Secret;
}

const NAME = 'psu_visit';
const VALUE = new RegExp(`(?:^|;)\\s*${NAME}=([A-Za-z0-9_-]{1,1024})\\.([A-Za-z0-9_-]{1,1024})\\s*(?:;|$)`);

/**
 * The cookie of one visit, for the pages of that visit only: two visits in two tabs do not meet. `Lax`, since the browser
 * comes from the TPP's site and a `Strict` one would be missing on the page that it is sent on to; forms carry a token of
 * their own besides. Not `Secure`: the sandbox's pages are served over plain HTTP.
 */
export const visitCookie = ({ key, appToken }: VisitCookie, path: string): string =>
  `${NAME}=${key.reveal()}.${appToken.reveal()}; Path=${path}; HttpOnly; SameSite=Lax`;

/** Reads the visit's cookie out of a request's `Cookie` header. */
export function readVisitCookie(header: string | undefined): VisitCookie | null {
  const [, key, appToken] = VALUE.exec(header ?? '') ?? [];
  return key !== undefined && appToken !== undefined
    ? { key: new Secret(key), appToken: new Secret(appToken) }
    : null;
}
