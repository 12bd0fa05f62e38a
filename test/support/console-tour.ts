import { savedViews } from '../../apps/consent-hub/src/console/consents/saved-views.js';

/** What the tour of the console needs to find. */
export interface TourGuide {
  /** A live consent. */
  readonly consentId: string;
  readonly requestId: string;
  readonly psuRef: string;
  readonly iban: string;
  /** Name of an API client. */
  readonly client: string;
  readonly clientId: string;
  readonly webhookId: string;
}

const DAY_MS = 86_400_000;
const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Tables that grow with the consents, or with what people do: none of their pages may read one whole. */
export const GROWING_TABLES: readonly string[] = [
  ...['admin_action', 'attention_note', 'consent', 'consent_account', 'consent_event', 'consent_timeline'],
  ...['consent_use', 'hub_event', 'timeline_base', 'token_pair', 'token_request', 'token_use'],
];

/** Tables that grow with time, with sessions or with deliveries. They are small where the consents alone are many. */
export const SLOWLY_GROWING_TABLES: readonly string[] = [
  ...['bank_latency_tally', 'console_session', 'consent_tally', 'idempotency_key', 'instance_tally'],
  ...['refresh_tally', 'timeline_verification', 'token_read_tally', 'webhook_delivery'],
];

/** Partitions of the timeline count as the table. */
export const isGrowing = (table: string): boolean =>
  GROWING_TABLES.some((one) => table === one) || table.startsWith('consent_event');

/** Every page of the console, with every chip, every saved view and every kind of search. */
export const pagesOf = ({
  consentId,
  requestId,
  psuRef,
  iban,
  client,
  clientId,
  webhookId,
}: TourGuide): Readonly<Record<string, string>> => {
  const consents = (query: string): string => `/console/consents?${query}`;
  const views = savedViews(Date.now()).map(
    ({ name, query }) => [`view: ${name}`, consents(query.toString())] as const,
  );
  return {
    overview: '/console',
    'overview, a week': '/console?range=7d',
    'overview, a month': '/console?range=30d',
    'overview, the live part': '/console/now',
    attention: '/console/attention',
    'attention, the live part': '/console/attention/now',
    'attention, a note': '/console/attention/snooze?cause=failed',
    consents: '/console/consents',
    'chip: state': consents('state=failed'),
    'chip: states': consents('state=active&state=refreshed'),
    'chip: reason': consents('reason=rotation_lost'),
    'chip: scope': consents('scope=CAF'),
    'chip: brand': consents('brand=banx'),
    'chip: client': consents(`client=${client}`),
    'search: id': consents(`q=${consentId}`),
    'search: Request-ID': consents(`q=${requestId}`),
    'search: person': consents(`q=${psuRef}`),
    'search: IBAN': consents(`q=${iban}`),
    'range: opened': consents(`created_from=${day(-40)}&created_to=${day(-39)}`),
    'range: ended': consents(`ended_from=${day(-40)}&ended_to=${day(-10)}`),
    'range: expires': consents(`expires_from=${day(20)}&expires_before=${day(30)}`),
    'range: last read': consents(`used_from=${day(-30)}&used_to=${day(-2)}`),
    'range: last read long ago': consents(`used_to=${day(-90)}&state=active&state=refreshed`),
    'order: ended': consents('order=ended_at'),
    'order: expires': consents('order=consent_expires_at'),
    ...Object.fromEntries(views),
    'one consent': `/console/consents/${consentId}`,
    'one consent, full': `/console/consents/${consentId}?timeline=full`,
    'one consent, JSON': `/console/consents/${consentId}/timeline.json`,
    person: `/console/consents/${consentId}/person`,
    'an erasure': `/console/consents/${consentId}/person/erase`,
    banks: '/console/banks',
    'banks, a week': '/console/banks?range=7d',
    'the refresh job': '/console/refreshes',
    instances: '/console/instances',
    'API clients': '/console/clients',
    'an API client': `/console/clients/${clientId}`,
    webhooks: '/console/webhooks',
    'a webhook': `/console/webhooks/${webhookId}`,
    'a replay': `/console/webhooks/${webhookId}/replay?what=failed`,
    events: '/console/events',
    'events: type': '/console/events?type=consent.failed',
    'events: type of the hub': '/console/events?type=hub.certificate_expiring',
    'events: consent': `/console/events?consent=${consentId}`,
    security: '/console/security',
    'security, earlier erasures': `/console/security?erased_before=${day(1)}T00:00:00.000000Z`,
    'security, the live part': '/console/security/keys',
    audit: '/console/audit',
    'audit: action': '/console/audit?action=revoke_consent',
    'audit: person': '/console/audit?subject=link%3Aolga',
    'audit: consent': `/console/audit?consent=${consentId}`,
    'audit: time': `/console/audit?from=${day(-40)}&to=${day(1)}`,
    sandbox: '/console/sandbox',
  };
};

/** Every export but that of a person. */
export const EXPORTS: Readonly<Record<string, string>> = {
  'export of consents': '/console/consents/export?format=csv&state=failed',
  'export of all consents': '/console/consents/export?format=ndjson',
  'export of events': '/console/events/export?format=csv',
  'export of the audit': '/console/audit/export?format=csv',
};
