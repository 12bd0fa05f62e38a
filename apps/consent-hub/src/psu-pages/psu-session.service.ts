import { Injectable } from '@nestjs/common';
import { ApiClientNames } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import type { Secret } from '@consent-hub/psd2-protocol';
import { HttpSettings } from '../config/http.settings.js';
import { HostCookie } from '../http-api/host-cookie.js';
import type { PageLanguage } from '../http-api/page-language.js';
import { hashOfSecret, newSessionSecret, readSecret } from '../http-api/session-secret.js';
import { PageRefusal } from './page-refusal.js';
import { PsuSessionRepository, type PsuSession } from './psu-session.repository.js';

export interface WantedSession {
  readonly psuRef: string;
  readonly language: PageLanguage | null;
  readonly returnUrl: string | null;
}

export interface SessionLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** A browser that a session belongs to. */
export interface OpenSession {
  readonly session: PsuSession;
  /** What its cookie holds. */
  readonly secret: Secret;
}

/** Makes links to the person's pages, and opens and recognises the sessions that they stand for. */
@Injectable()
export class PsuSessionService {
  readonly cookie: HostCookie;

  constructor(
    private readonly sessions: PsuSessionRepository,
    private readonly clients: ApiClientNames,
    private readonly http: HttpSettings,
  ) {
    this.cookie = new HostCookie('my-session', http.isSecure);
  }

  async create({ id: apiClientId }: Pick<Caller, 'id'>, wanted: WantedSession): Promise<SessionLink> {
    const token = newSessionSecret();
    const expiresAt = await this.sessions.create({
      ...wanted,
      id: newId(),
      apiClientId,
      linkHash: hashOfSecret(token),
    });
    return { url: `${this.http.publicUrl}/my/${token.reveal()}`, expiresAt };
  }

  /**
   * Reads a link without using it.
   *
   * @param cookies of the browser
   * @returns its language; or that this very browser has opened it before
   * @throws PageRefusal `link_unknown`, `link_used`, `link_expired`
   */
  async look(
    token: string,
    cookies: string | undefined,
  ): Promise<{ readonly language: PageLanguage | null } | 'opened_here'> {
    const secret = readSecret(token);
    const link = secret && (await this.sessions.findLink(hashOfSecret(secret)));
    if (!link) throw new PageRefusal('link_unknown');
    if (link.isUsed) {
      const here = await this.find(cookies);
      if (here?.session.id === link.sessionId) return 'opened_here';
      throw new PageRefusal('link_used', link.language);
    }
    if (link.isLate) throw new PageRefusal('link_expired', link.language);
    return link;
  }

  /**
   * Uses a link up.
   *
   * @returns the cookie for the browser
   * @throws PageRefusal as `look`
   */
  async open(token: string): Promise<string> {
    const secret = readSecret(token);
    const cookie = newSessionSecret();
    if (!secret || !(await this.sessions.open(hashOfSecret(secret), hashOfSecret(cookie)))) {
      // Says why: it is used by now, or has expired.
      await this.look(token, undefined);
      throw new PageRefusal('link_used');
    }
    return this.cookie.set(cookie);
  }

  /** The session of a browser. Null where there is none, where it has ended, or where its API client is no longer in use. */
  async find(cookies: string | undefined): Promise<OpenSession | null> {
    const secret = readSecret(this.cookie.read(cookies));
    const session = secret && (await this.sessions.see(hashOfSecret(secret)));
    if (!session || !(await this.clients.isInUse(session.apiClientId))) return null;
    return { session, secret };
  }
}
