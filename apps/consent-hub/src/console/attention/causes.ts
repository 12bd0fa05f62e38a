import { EXPIRING_WITHIN_DAYS, FAILED_WITHIN_DAYS, type AttentionReason } from '@consent-hub/consent';
import type { Meaning } from '../frame/parts.js';
import type { ShownConsent } from './shown-consents.service.js';

/** Each reason in few words. */
export const ATTENTION_NAMES: Readonly<Record<AttentionReason, string>> = {
  in_doubt: 'in doubt',
  answer_unreadable: 'answer unreadable',
  failed: 'failed',
  expiring: 'expiring',
  accounts_refused: 'accounts refused',
};

interface Cause {
  readonly title: string;
  readonly meaning: Meaning;
  readonly happened: string;
  /** What the hub does by itself. */
  readonly next: string;
  /** When it does so for one consent; null: not by the clock. */
  readonly nextAt: (shown: ShownConsent) => Date | null;
  /** What a person can do. */
  readonly todo: string;
}

/** What lies behind each reason, in plain words. */
export const CAUSES: Readonly<Record<AttentionReason, Cause>> = {
  in_doubt: {
    title: 'The answer of the bank was lost',
    meaning: 'doubt',
    happened:
      'The hub asked for new tokens, and no answer of the bank came back. The bank may have replaced the pair, or may not have.',
    next: 'Nothing is spent until the time of the call has ended. Then the hub asks once more: a new pair settles the doubt, a refusal means that the pair is lost.',
    nextAt: ({ request }) => request?.leaseEndsAt ?? null,
    todo: 'Wait some minutes, or open the consent and refresh it once the time has ended. If many are in doubt at once, look at the network to the bank.',
  },
  answer_unreadable: {
    title: 'The answer of the bank cannot be read',
    meaning: 'doubt',
    happened:
      'The bank answered with success in a form that the hub does not know. The answer is kept, sealed.',
    next: 'The answer is read again at each start of a hub, hence after every upgrade. Until then no other call is made for the consent.',
    nextAt: () => null,
    todo: 'Open the consent: have the answer read again after an upgrade, or give it up, so that the bank is asked once more.',
  },
  failed: {
    title: 'Consents that failed',
    meaning: 'bad',
    happened: `The pair is lost, or the bank refuses it; in the last ${FAILED_WITHIN_DAYS} days, and no newer consent of the person has taken over.`,
    next: 'Nothing: only the person can give access again. An answer that turns up late brings the consent back.',
    nextAt: () => null,
    todo: 'Ask the person to consent again. If many failed at the same time, look at what the bank or the network did then.',
  },
  expiring: {
    title: 'Consents that end soon',
    meaning: 'wait',
    happened: `Their validity ends within ${EXPIRING_WITHIN_DAYS} days. The bank sets that limit, and no refresh moves it.`,
    next: 'The timeline says so 14, 7 and 1 days before. At the end the consent expires and its tokens are destroyed.',
    nextAt: ({ consent }) => consent.consentExpiresAt,
    todo: 'Ask the person to renew. The old access remains until the new one is there.',
  },
  accounts_refused: {
    title: 'The bank does not list the accounts',
    meaning: 'doubt',
    happened: 'The consent is live, and the bank refuses to list the accounts that the person chose.',
    next: 'The hub asks again, at growing intervals up to a day.',
    nextAt: ({ consent }) => consent.accountsDueAt,
    todo: 'If it lasts, ask the bank with the Request-ID from the log of the hub.',
  },
};
