import {
  ALL_STATE_REASONS,
  ATTENTION_REASONS,
  CONSENT_STATES,
  isLive,
  SEARCH_ORDERS,
  type AttentionReason,
  type ConsentState,
  type SearchCriteria,
  type SearchOrder,
  type SearchPosition,
  type StateReason,
} from '@consent-hub/consent';
import { BRANDS, SCOPES, toElectronicIban, type Brand, type Scope } from '@consent-hub/psd2-protocol';

/** As the query of the page has it: a field may come several times. */
export type Query = Readonly<Record<string, unknown>>;

/** `any`: for whichever reason. */
export type WantedAttention = AttentionReason | 'any';

/** What the search form holds. Empty text: not asked for. */
export interface ConsentFilter {
  /** The one search box: an id, a Request-ID, an account number, or the TPP's own name of a person. */
  readonly q: string;
  readonly states: readonly ConsentState[];
  readonly reason: StateReason | '';
  readonly scope: Scope | '';
  readonly brand: Brand | '';
  /** Id or name of an API client. */
  readonly client: string;
  readonly attention: WantedAttention | '';
  readonly createdFrom: string;
  readonly createdTo: string;
  readonly endedFrom: string;
  readonly endedTo: string;
  readonly expiresFrom: string;
  readonly expiresBefore: string;
  readonly usedFrom: string;
  readonly usedTo: string;
  /** `never`: no token of it was handed out. */
  readonly use: 'never' | '';
  readonly order: SearchOrder | '';
}

/** The fields of time, with what they are called. */
export const TIME_FIELDS = {
  created_from: ['createdFrom', 'Opened from'],
  created_to: ['createdTo', 'Opened before'],
  ended_from: ['endedFrom', 'Ended from'],
  ended_to: ['endedTo', 'Ended before'],
  expires_from: ['expiresFrom', 'Expires from'],
  expires_before: ['expiresBefore', 'Expires before'],
} as const;
/** Of the last use the day alone is known. */
export const DAY_FIELDS = {
  used_from: ['usedFrom', 'Last read on or after'],
  used_to: ['usedTo', 'Last read before'],
} as const;
const ALL_TIMES = { ...TIME_FIELDS, ...DAY_FIELDS };

/** A date, or a date and a time, in UTC; as browsers write a `datetime-local`. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?$/;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/;
export const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const LONGEST = 256;

/** What no name, date or number of ours holds; Postgres refuses some of it. */
const INVISIBLE = /[\p{Cc}\p{Cs}]/gu;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll(INVISIBLE, '').trim().slice(0, LONGEST) : '';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);
const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T | '' =>
  allowed.find((one) => one === value) ?? '';

/** @returns null for what is no moment, days that the month does not have among it */
export function toTime(text: string): Date | null {
  if (!TIME.test(text)) return null;
  const at = new Date(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text.slice(0, 10) ? null : at;
}

/** What cannot be one of the values is left out. */
export const readFilter = (query: Query): ConsentFilter => ({
  q: textOf(query['q']),
  states: CONSENT_STATES.filter((state) => listOf(query['state']).includes(state)),
  reason: oneOf(ALL_STATE_REASONS, query['reason']),
  scope: oneOf(SCOPES, query['scope']),
  brand: oneOf(BRANDS, query['brand']),
  client: textOf(query['client']),
  attention: oneOf(['any', ...ATTENTION_REASONS] as const, query['attention']),
  createdFrom: textOf(query['created_from']),
  createdTo: textOf(query['created_to']),
  endedFrom: textOf(query['ended_from']),
  endedTo: textOf(query['ended_to']),
  expiresFrom: textOf(query['expires_from']),
  expiresBefore: textOf(query['expires_before']),
  usedFrom: textOf(query['used_from']),
  usedTo: textOf(query['used_to']),
  use: oneOf(['never'] as const, query['use']),
  order: oneOf(SEARCH_ORDERS, query['order']),
});

/** The query that holds the filter, and nothing that is not asked for. */
export function writeFilter(filter: ConsentFilter): URLSearchParams {
  const query = new URLSearchParams();
  const { q, reason, scope, brand, client, attention, use, order } = filter;
  const times = Object.entries(ALL_TIMES).map(([name, [key]]) => [name, filter[key]] as const);
  if (q !== '') query.set('q', q);
  for (const state of filter.states) query.append('state', state);
  for (const [name, value] of [...Object.entries({ reason, scope, brand, client, attention, use }), ...times])
    if (value !== '') query.set(name, value);
  if (order !== '') query.set('order', order);
  return query;
}

/** Where the begin of a time must be before its end. */
const RANGES = [
  ['created_from', 'created_to', 'opened'],
  ['ended_from', 'ended_to', 'ended'],
  ['expires_from', 'expires_before', 'expires'],
  ['used_from', 'used_to', 'last read'],
] as const;

/** What is wrong with the filter, by the name of the field; empty: nothing. */
export function faultsOf(filter: ConsentFilter): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  for (const [name, [key]] of Object.entries(ALL_TIMES)) {
    if (filter[key] !== '' && !toTime(filter[key]))
      faults.set(
        name,
        'This is no date: write 2026-01-31, or 2026-01-31T09:30 for a time of that day (UTC).',
      );
  }
  for (const [from, to, words] of RANGES) {
    const [begin, end] = [toTime(filter[ALL_TIMES[from][0]]), toTime(filter[ALL_TIMES[to][0]])];
    if (begin && end && begin >= end) faults.set(to, `This must be later than "${words} from".`);
  }
  return faults;
}

/** @param openedBy id of the API client that the filter names */
export function toCriteria(filter: ConsentFilter, openedBy: string | undefined): SearchCriteria {
  const { q, states, reason, scope, brand, attention, use } = filter;
  const times = Object.values(ALL_TIMES).flatMap(([key]) => {
    const at = toTime(filter[key]);
    return at ? [[key, at] as const] : [];
  });
  const iban = toElectronicIban(q);
  const hasEnd = filter.endedFrom !== '' || filter.endedTo !== '';
  const hasExpiry = filter.expiresFrom !== '' || filter.expiresBefore !== '';
  const isAhead = hasExpiry && states.length > 0 && states.every(isLive);
  const order =
    filter.order !== '' ? filter.order : hasEnd ? 'ended_at' : isAhead ? 'consent_expires_at' : undefined;
  return {
    ...(openedBy !== undefined && { openedBy }),
    ...(q !== '' && (IBAN.test(iban) ? { iban } : { psuRef: q })),
    ...(states.length > 0 && { states }),
    ...(reason !== '' && { stateReason: reason }),
    ...(scope !== '' && { scope }),
    ...(brand !== '' && { brand }),
    ...(attention !== '' && { needsAttention: true }),
    ...(attention !== '' && attention !== 'any' && { attentionReasons: [attention] }),
    ...(use === 'never' && { isUnread: true }),
    ...(Object.fromEntries(times) as Partial<SearchCriteria>),
    ...(order && { order }),
  };
}

const POSITION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** Where a page begins, as its address has it. It gives no access: every page checks again what it may show. */
export const writePosition = ({ at, id }: SearchPosition): string => `${at}_${id}`;

/** @returns null for what this page did not write */
export function readPosition(text: unknown): SearchPosition | null {
  const [, at, id] = POSITION.exec(typeof text === 'string' ? text : '') ?? [];
  return at !== undefined && id !== undefined && !Number.isNaN(Date.parse(at)) ? { at, id } : null;
}
