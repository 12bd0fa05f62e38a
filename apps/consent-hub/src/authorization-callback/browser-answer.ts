import { isLive, type ConsentEntity } from '@consent-hub/consent';
import { PageBrand } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import type { StartedLink } from './link-start.service.js';
import { preferredLanguage } from '../http-api/page-language.js';
import type { Message } from './page-message.js';
import { renderPage, type PageContent } from './page.js';
import type { DeadEnd, ReturnOutcome } from './return-outcome.js';

/** What the PSU's browser gets: a page, or the way back to the application. */
export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const DEAD_END_STATUS: Readonly<Record<DeadEnd, number>> = {
  unknown: 404,
  used: 409,
  replaced: 410,
  expired: 410,
  browser_not_bound: 403,
};

/** The addresses of the return and of the bank hold code and state: no cache may keep it, no next page may see it as its referrer. */
const DISCREET = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** The answers to browsers. */
@Injectable()
export class BrowserAnswers {
  constructor(private readonly brand: PageBrand) {}

  /** One answer for one outcome. */
  of(outcome: ReturnOutcome, acceptLanguage: string | undefined): BrowserAnswer {
    if (outcome.kind === 'unknown') return this.page(DEAD_END_STATUS.unknown, 'unknown', acceptLanguage);
    const { kind, consent } = outcome;
    const language = consent.language ?? acceptLanguage;
    const about = { reference: consent.id };
    switch (kind) {
      case 'taken': {
        if (consent.returnUrl !== null) return onTo(wayBack(consent.returnUrl, consent));
        const message = messageOf(consent);
        return this.page(message === 'used' ? DEAD_END_STATUS.used : 200, message, language, about);
      }
      case 'sca': {
        const sca = outcome.isConfirmed ? 'confirmed' : 'failed';
        if (consent.returnUrl !== null) return onTo(wayBack(consent.returnUrl, consent, { sca }));
        return this.page(200, `sca_${sca}`, language, about);
      }
      case 'replaced':
      case 'expired': {
        const wayOn = consent.returnUrl === null ? null : wayBack(consent.returnUrl, consent);
        return this.page(DEAD_END_STATUS[kind], kind, language, { ...about, wayOn });
      }
      // This is not the browser that the application waits for.
      case 'used':
      case 'browser_not_bound':
        return this.page(DEAD_END_STATUS[kind], kind, language);
    }
  }

  /** @param language one language, or a browser's list of them */
  start(link: StartedLink | null, language: string | undefined): BrowserAnswer {
    if (!link) return this.page(404, 'no_link', language);
    return onTo(link.uri, { 'set-cookie': link.cookie });
  }

  /**
   * @param language one language, or a browser's list of them
   * @param more where the PSU can go from there, and of which consent it is
   */
  page(
    status: number,
    message: Message,
    language: string | undefined,
    { wayOn = null, reference = null }: Partial<Pick<PageContent, 'wayOn' | 'reference'>> = {},
  ): BrowserAnswer {
    const { brand } = this;
    return {
      status,
      headers: {
        ...DISCREET,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': brand.policy,
      },
      body: renderPage({ message, language: preferredLanguage(language), wayOn, reference, brand }),
    };
  }
}

const onTo = (location: string, headers: Readonly<Record<string, string>> = {}): BrowserAnswer => ({
  status: 303,
  headers: { ...DISCREET, location, ...headers },
});

function messageOf({ state, stateReason, scope, activatedAt }: ConsentEntity): Message {
  const isPayment = scope === 'PIS';
  if (isLive(state)) return isPayment ? 'payment_signed' : 'completed';
  // It came to an end after it had worked.
  if (activatedAt !== null) return 'used';
  if (state === 'authorized') return isPayment ? 'payment_in_progress' : 'in_progress';
  if (stateReason === 'psu_refused') return isPayment ? 'payment_refused' : 'refused';
  return isPayment ? 'payment_failed' : 'failed';
}

/** Joined by hand: going through `URLSearchParams` would spell the application's own parameters anew. */
function wayBack(
  returnUrl: string,
  { id, state, stateReason }: ConsentEntity,
  more: Readonly<Record<string, string>> = {},
): string {
  const facts = new URLSearchParams({ consent_id: id, consent_state: state, ...more });
  if (stateReason !== null) facts.set('reason', stateReason);
  const joint = !returnUrl.includes('?') ? '?' : /[?&]$/.test(returnUrl) ? '' : '&';
  return `${returnUrl}${joint}${facts.toString()}`;
}

/** For the description of the API: an answer for a person. */
export const describedPage = (status: number, description: string) => ({
  status,
  description: `A page in the language of the PSU: ${description}`,
  content: { 'text/html': { schema: { type: 'string', example: '<!doctype html>' } } },
});

export const METHOD_REFUSED_PAGE = {
  ...describedPage(405, 'Asked by HEAD, as scanners of links do; nothing was used up'),
  headers: { Allow: { $ref: '#/components/headers/Allow' } },
};
