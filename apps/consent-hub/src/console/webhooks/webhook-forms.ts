import type { WantedReplay, WebhookFacts } from '@consent-hub/consent';
import { readReason, textOf } from '../frame/form-values.js';

/** The fields of a form as they came. */
export type Form = Readonly<Record<string, unknown>> | null | undefined;

/** What is sent again. */
export const REPLAYS = {
  failed: 'all events that were given up',
  after: 'all events after one of them, delivered before or not',
  events: 'these events, whatever types the webhook gets',
} as const;
export type ReplayKind = keyof typeof REPLAYS;

export interface SentReplay {
  readonly what: ReplayKind;
  readonly after: string;
  /** Ids, in lines or with spaces. */
  readonly events: string;
  readonly reason: string;
}

const EVENT_ID = /^evt_[A-Za-z0-9_]{1,60}$/;
const MOST_EVENTS = 1_000;

const kindOf = (text: unknown): ReplayKind =>
  typeof text === 'string' && Object.hasOwn(REPLAYS, text) ? (text as ReplayKind) : 'failed';

export const readSentReplay = (form: Form): SentReplay => ({
  what: kindOf(form?.['what']),
  after: textOf(form?.['after']).trim(),
  events: textOf(form?.['events'] ?? form?.['event']).trim(),
  reason: textOf(form?.['reason']),
});

const idsOf = ({ events }: SentReplay): string[] => events.split(/\s+/).filter((id) => id !== '');

/** What is wrong, by the name of the field; empty: nothing. */
export function faultsOfReplay(sent: SentReplay): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  const ids = idsOf(sent);
  const read = readReason(sent.reason);
  if (sent.what === 'after' && !EVENT_ID.test(sent.after))
    faults.set('after', 'Write the id of an event: evt_….');
  if (
    sent.what === 'events' &&
    !(ids.length > 0 && ids.length <= MOST_EVENTS && ids.every((id) => EVENT_ID.test(id)))
  )
    faults.set('events', `Write 1 to ${MOST_EVENTS} ids of events: evt_….`);
  if ('fault' in read) faults.set('reason', read.fault);
  return faults;
}

/** Of a form without faults. */
export function toWantedReplay(sent: SentReplay): WantedReplay {
  if (sent.what === 'failed') return { state: 'failed' };
  return sent.what === 'after' ? { after: sent.after } : { event_ids: idsOf(sent) };
}

/** What is done with one button and a reason. */
export const PLAIN_ACTIONS = {
  test: {
    title: 'Test the webhook',
    text: 'The hub posts an event of the type hub.test at once, signed as others are, and shows how the receiver answers. It is no delivery.',
    button: 'Send the test',
    isFinal: false,
  },
  enable: {
    title: 'Enable the webhook',
    text: 'What waits is sent, and deliveries are made of new events. Events that happened while it was disabled are not among them: send them again, after the last one that arrived.',
    button: 'Enable',
    isFinal: false,
  },
  disable: {
    title: 'Disable the webhook',
    text: 'Nothing is sent to it, and no deliveries are made of new events, until it is enabled again by its client or here.',
    button: 'Disable',
    isFinal: true,
  },
  secret: {
    title: 'New secret of the webhook',
    text: 'The new secret is shown once, on the next page. For 24 hours what is sent is signed with the secret before as well; a secret from before that signs no more. Give the new one to the receiver within that time.',
    button: 'Make a new secret',
    isFinal: true,
  },
} as const;
export type PlainAction = keyof typeof PLAIN_ACTIONS;

/** Of the secret that the form was made for; 0 where it does not say. */
export const generationOf = (form: Form): number => {
  const text = textOf(form?.['generation']);
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
};

/** @param count how many deliveries start again */
export const messageOf = (done: unknown, count: unknown, { state }: WebhookFacts): string | undefined => {
  if (done === 'enable') return 'The webhook is enabled.';
  if (done === 'disable') return 'The webhook is disabled.';
  if (done !== 'replay' || !/^\d{1,9}$/.test(textOf(count))) return undefined;
  const events = `${textOf(count)} ${count === '1' ? 'event' : 'events'}`;
  return state === 'enabled'
    ? `${events} will be sent again, in order.`
    : `${events} will be sent again once the webhook is enabled.`;
};
