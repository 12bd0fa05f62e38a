import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BRANDS, type Brand, type Secret } from '@consent-hub/psd2-protocol';
import type { Authorization } from '../model/consents/authorization.js';
import { AuthorizationRepository } from '../model/consents/authorization.repository.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import { deadEnd, type Answer, type DeadEnd, type VisitFrame } from './page.js';
import { csrfTokenOf, PageSessionRepository, type PageSession } from './page-session.repository.js';
import { perLanguage, stepPath, type Place, type Step } from './paths.js';
import { isUiLanguage } from './ui-language.js';
import type { VisitCookie } from './visit-cookie.js';

/** A request for one page of a visit, as it came. */
export interface VisitRequest {
  readonly brand: string;
  readonly sessionId: string;
  readonly language: string;
  readonly step: Step;
  readonly cookie: VisitCookie | null;
  /** The form that was sent, or null when the page is only asked for. */
  readonly form: Readonly<Record<string, unknown>> | null;
}

/** A browser with a valid session, and the pending authorization of that session. */
export interface Visit {
  readonly session: PageSession;
  /** The key of the session; only the browser has it. */
  readonly key: Secret;
  readonly authorization: Authorization;
  readonly place: Place;
  readonly frame: VisitFrame;
  readonly form: Readonly<Record<string, unknown>>;
}

export const isBrand = (value: unknown): value is Brand => BRANDS.some((known) => known === value);

/** Why no page of the flow is shown for an authorization any more, or null. */
export function endOf(authorization: Authorization): DeadEnd | null {
  if (authorization.status !== 'pending') return 'used_link';
  return authorization.expired ? 'expired_link' : null;
}

const sameText = (left: string, right: unknown): boolean => {
  if (typeof right !== 'string') return false;
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Checks every request for a page of the flow; a request that fails the check is answered by a page that says why. */
@Injectable()
export class VisitService {
  constructor(
    private readonly sessions: PageSessionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly settings: BankSettings,
  ) {}

  /** Answers with `next` when the request belongs to a visit under way, and with a dead end otherwise. */
  async within(request: VisitRequest, next: (visit: Visit) => Promise<Answer>): Promise<Answer> {
    const { brand, language, step, sessionId, cookie, form } = request;
    if (!isBrand(brand) || !isUiLanguage(language)) {
      return deadEnd(
        'unknown_address',
        null,
        'en',
        (other) => `/${brand}/authorize/${sessionId}/${other}/${step}`,
      );
    }
    const place: Place = { brand, language, sessionId };
    const end = (reason: DeadEnd): Answer =>
      deadEnd(reason, brand, language, (other) => stepPath({ ...place, language: other }, step));

    const found = cookie && (await this.find(place, cookie));
    if (!cookie || !found) return end('session_missing');
    const csrf = csrfTokenOf(cookie.key, found.session);
    if (form !== null && !sameText(csrf, form['csrf'])) return end('foreign_form');
    const over = endOf(found.authorization);
    if (over !== null) return end(over);
    const frame = {
      ...frameOf(place, step, found.authorization),
      failure: this.settings.assumptions.technical_failure,
      csrf,
    };
    return next({ ...found, key: cookie.key, place, frame, form: form ?? {} });
  }

  private async find(
    place: Place,
    cookie: VisitCookie,
  ): Promise<{ session: PageSession; authorization: Authorization } | null> {
    const session = await this.sessions.find(place.sessionId, cookie.key);
    if (!session) return null;
    const authorization = await this.authorizations.findByAppToken(cookie.appToken);
    if (authorization?.id !== session.authorizationId || authorization.brand !== place.brand) return null;
    return { session, authorization };
  }
}

const frameOf = (
  place: Place,
  step: Step,
  authorization: Authorization,
): Omit<VisitFrame, 'failure' | 'csrf'> => ({
  brand: place.brand,
  language: place.language,
  languageLinks: perLanguage((language) => stepPath({ ...place, language }, step)),
  purpose: authorization.purpose,
  tppName: authorization.tppName,
  redirectUri: authorization.redirectUri,
  paths: {
    'log-in': stepPath(place, 'log-in'),
    code: stepPath(place, 'code'),
    consent: stepPath(place, 'consent'),
  },
});
