import { isLive, type ConsentEntity } from '@consent-hub/consent';
import { renderPage } from './page.js';
import { preferredLanguage } from './page-language.js';
import { PAGE_SECURITY_POLICY } from './page-style.js';
import type { Message } from './page-texts.js';
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
};

/** The address of the return holds code and state: no cache may keep it, no next page may see it as its referrer. */
const DISCREET = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** One answer for one outcome. */
export function answerOf(outcome: ReturnOutcome, acceptLanguage: string | undefined): BrowserAnswer {
  if (outcome.kind === 'unknown') return pageAnswer(DEAD_END_STATUS.unknown, 'unknown', acceptLanguage);
  const { kind, consent } = outcome;
  const language = consent.language ?? acceptLanguage;
  if (kind !== 'taken') return pageAnswer(DEAD_END_STATUS[kind], kind, language);
  if (consent.returnUrl === null) return pageAnswer(200, messageOf(consent), language);
  return { status: 303, headers: { ...DISCREET, location: wayBack(consent.returnUrl, consent) } };
}

/** @param language one language, or a browser's list of them */
export const pageAnswer = (
  status: number,
  message: Message,
  language: string | undefined,
): BrowserAnswer => ({
  status,
  headers: {
    ...DISCREET,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_SECURITY_POLICY,
  },
  body: renderPage(message, preferredLanguage(language)),
});

function messageOf({ state, stateReason }: ConsentEntity): Message {
  if (isLive(state)) return 'completed';
  if (state === 'authorized') return 'in_progress';
  return stateReason === 'psu_refused' ? 'refused' : 'failed';
}

/** Joined by hand: going through `URLSearchParams` would spell the application's own parameters anew. */
function wayBack(returnUrl: string, { id, state, stateReason }: ConsentEntity): string {
  const facts = new URLSearchParams({ consent_id: id, consent_state: state });
  if (stateReason !== null) facts.set('reason', stateReason);
  const joint = !returnUrl.includes('?') ? '?' : /[?&]$/.test(returnUrl) ? '' : '&';
  return `${returnUrl}${joint}${facts.toString()}`;
}
