import { toTime, UUID, type Query } from '../consents/consent-filter.js';
import { ADMIN_ACTIONS, type AdminActionFilter, type AdminActionName } from './admin-action.repository.js';

/** What the search form of the audit holds. Empty text: not asked for. */
export interface AuditFilter {
  readonly action: AdminActionName | '';
  readonly subject: string;
  readonly consent: string;
  readonly from: string;
  readonly to: string;
}

const LONGEST = 256;
const INVISIBLE = /[\p{Cc}\p{Cs}]/gu;
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll(INVISIBLE, '').trim().slice(0, LONGEST) : '';

const isAction = (text: string): text is AdminActionName => Object.hasOwn(ADMIN_ACTIONS, text);

export function readAuditFilter(query: Query): AuditFilter {
  const action = textOf(query['action']);
  return {
    action: isAction(action) ? action : '',
    subject: textOf(query['subject']),
    consent: textOf(query['consent']),
    from: textOf(query['from']),
    to: textOf(query['to']),
  };
}

/** The query that holds the filter, and nothing that is not asked for. */
export const writeAuditFilter = (filter: AuditFilter): URLSearchParams =>
  new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));

/** @returns the filter of the repository, or what is wrong, by the name of the field */
export function toActionFilter(filter: AuditFilter): AdminActionFilter | ReadonlyMap<string, string> {
  const { action, subject, consent } = filter;
  const [from, to] = [toTime(filter.from), toTime(filter.to)];
  const faults = new Map<string, string>();
  if (consent !== '' && !UUID.test(consent)) faults.set('consent', 'This is no id of a consent.');
  if (filter.from !== '' && !from) faults.set('from', 'This is no date: write 2026-01-31.');
  if (filter.to !== '' && !to) faults.set('to', 'This is no date: write 2026-01-31.');
  if (faults.size > 0) return faults;
  return {
    ...(action !== '' && { action }),
    ...(subject !== '' && { subject }),
    ...(consent !== '' && { consentId: consent.toLowerCase() }),
    ...(from && { from }),
    ...(to && { to }),
  };
}
