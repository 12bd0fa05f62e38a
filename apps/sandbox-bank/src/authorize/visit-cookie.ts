import { Secret } from '@consent-hub/psd2-protocol';

/** What the cookie of a visit holds: the key of the session, and the token of the opened link. */
export interface VisitCookie {
  readonly key: Secret;
  readonly appToken: Secret;
}

const NAME = 'psu_visit';
const VALUE = new RegExp(`(?:^|;)\\s*${NAME}=([A-Za-z0-9_-]{1,1024})\\.([A-Za-z0-9_-]{1,1024})\\s*(?:;|$)`);

/**
 * The cookie of one visit. Its path covers that visit only, so that visits in two tabs do not affect each other. `Lax`,
 * because the browser comes from the TPP's site and a `Strict` cookie would be missing after the redirect; forms carry a
 * token of their own. Not `Secure`: the sandbox serves its pages over plain HTTP.
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
