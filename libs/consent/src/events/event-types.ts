import type { ConsentState } from '../domain/consent-state.js';

interface Origin {
  /** `type` of the entry in the timeline. */
  readonly entry: string;
  /** Absent: any state. */
  readonly from?: ConsentState;
  readonly to?: ConsentState;
}

/**
 * Which entries of timelines are events, of what type. The first that fits an entry is its type; an entry that none fits is no event.
 * TypeScript and SQL have their names from this table.
 */
const CONSENT_EVENTS = {
  'consent.opened': { entry: 'opened' },
  'consent.recovered': { entry: 'state_changed', from: 'failed' },
  'consent.authorized': { entry: 'state_changed', to: 'authorized' },
  'consent.activated': { entry: 'state_changed', to: 'active' },
  'consent.refreshed': { entry: 'state_changed', to: 'refreshed' },
  'consent.superseded': { entry: 'state_changed', to: 'superseded' },
  'consent.revoked': { entry: 'state_changed', to: 'revoked' },
  'consent.expired': { entry: 'state_changed', to: 'expired' },
  'consent.rejected': { entry: 'state_changed', to: 'rejected' },
  'consent.failed': { entry: 'state_changed', to: 'failed' },
  'consent.in_doubt': { entry: 'grant_in_doubt' },
  'consent.expiring': { entry: 'expires_soon' },
  'consent.accounts_listed': { entry: 'accounts_listed' },
  'consent.erased': { entry: 'erased' },
} as const satisfies Record<string, Origin>;

export type ConsentEventType = keyof typeof CONSENT_EVENTS;

/** Events of the hub itself; shown to admins. */
export const HUB_EVENT_TYPES = [
  'hub.refreshes_paused',
  'hub.refreshes_resumed',
  'hub.certificate_expiring',
  'hub.vault_key_retired',
  'hub.webhook_disabled',
] as const;
export type HubEventType = (typeof HUB_EVENT_TYPES)[number];

const isConsentEventType = (type: string): type is ConsentEventType => type in CONSENT_EVENTS;

/** Shown to the client that opened the consent, and to admins. */
export const CONSENT_EVENT_TYPES = Object.keys(CONSENT_EVENTS).filter(isConsentEventType);

/** Text of the API: types are added, never renamed. */
export const EVENT_TYPES = [...CONSENT_EVENT_TYPES, ...HUB_EVENT_TYPES] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What a webhook gets that asks for no types: all but those that every consent has many of, or that the client itself brought about. */
export const DEFAULT_WEBHOOK_EVENT_TYPES: readonly EventType[] = EVENT_TYPES.filter(
  (type) => type !== 'consent.refreshed' && type !== 'consent.opened',
);

export const isEventType = (type: string): type is EventType => EVENT_TYPES.some((known) => known === type);

const condition = ({ entry, from, to }: Origin): string =>
  [
    `e.type = '${entry}'`,
    ...(from === undefined ? [] : [`e.from_state = '${from}'`]),
    ...(to === undefined ? [] : [`e.to_state = '${to}'`]),
  ].join(' AND ');

/** The type of the event that an entry `e` of a timeline is; NULL where it is none. */
export const EVENT_TYPE_SQL = `CASE ${Object.entries(CONSENT_EVENTS)
  .map(([type, origin]) => `WHEN ${condition(origin)} THEN '${type}'`)
  .join(' ')} END`;
