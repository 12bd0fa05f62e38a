import { toTime, UUID } from '../consents/consent-filter.js';
import { readReason } from '../frame/form-values.js';
import type { AttentionActionName } from './attention-action.page.js';

const HOUR_MS = 3_600_000;
const USUAL_MS = 4 * HOUR_MS;
const LONGEST_DAYS = 31;

const textOf = (given: unknown, name: string): string => {
  const value = (given as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value.trim().slice(0, 1_000) : '';
};

/** Which item of the inbox a form or an address is about. What cannot be the id of a consent names none that there is. */
export function readNotedItem(given: unknown): { readonly cause: string; readonly consentId: string | null } {
  const consent = textOf(given, 'consent').toLowerCase();
  const isNamed = consent !== '';
  return {
    cause: isNamed && !UUID.test(consent) ? '' : textOf(given, 'cause'),
    consentId: isNamed ? consent : null,
  };
}

/** As the field of the form has it. */
export const usualSnooze = (now: Date): string =>
  new Date(now.getTime() + USUAL_MS).toISOString().slice(0, 16);

/** What was sent, where it can be done as it is. */
export interface ReadNote {
  readonly reason: string;
  /** Null: acknowledged. */
  readonly snoozedUntil: Date | null;
}

/** What was sent, to be shown again with what is wrong. */
export interface FaultyNote {
  readonly reason: string;
  readonly until: string;
  readonly faults: ReadonlyMap<string, string>;
}

export function readNoteForm(given: unknown, name: AttentionActionName, now: Date): ReadNote | FaultyNote {
  const [reason, until] = [readReason(textOf(given, 'reason')), textOf(given, 'until')];
  const snoozedUntil = name === 'snooze' ? toTime(until) : null;
  const untilFault = name === 'snooze' ? faultOfTime(snoozedUntil, now) : null;
  if ('reason' in reason && untilFault === null) return { reason: reason.reason, snoozedUntil };
  return {
    reason: textOf(given, 'reason'),
    until,
    faults: new Map([
      ...('fault' in reason ? [['reason', reason.fault] as const] : []),
      ...(untilFault === null ? [] : [['until', untilFault] as const]),
    ]),
  };
}

function faultOfTime(at: Date | null, now: Date): string | null {
  if (!at) return 'This is no date: write 2026-01-31T09:30.';
  if (at <= now) return 'This time is in the past.';
  return at.getTime() - now.getTime() > LONGEST_DAYS * 24 * HOUR_MS
    ? `Choose a time within ${LONGEST_DAYS} days.`
    : null;
}
