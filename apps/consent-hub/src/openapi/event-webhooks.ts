import { ALL_STATE_REASONS, CONSENT_STATES, EVENT_TYPES, type EventType } from '@consent-hub/consent';
import { BRANDS, EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';
import type { Operation, Schema } from './document-types.js';

const text = (description: string): object => ({ type: 'string', description });
const whole = (description: string, minimum = 0): object => ({ type: 'integer', minimum, description });
const yes = (description: string): object => ({ type: 'boolean', enum: [true], description });
const brand = { type: 'string', enum: [...BRANDS], description: 'At which bank' };

/** Facts that are in `data` where they are known. */
const CALL = {
  call: text('The call of the bank whose answer said it, where it was not POST /token.'),
  request_id: text('Request-ID of the call of the bank.'),
  grant_type: text('What the call was for: `authorization_code` or `refresh_token`.'),
  outcome: text('How the call ended.'),
  http_status: whole('Status of the answer of the bank.', 100),
  bank_error: text('The words of the bank.'),
  bank_error_code: text('The code of the bank.'),
};
const PAIR = {
  generation: whole('Of the token pair that was stored.', 1),
  request_id: CALL.request_id,
  from_spool: yes('The answer had waited on a disk.'),
  late_answer: yes('The answer came after the consent was given up.'),
  response_id_matches: { type: 'boolean', description: 'false: the answer named another request.' },
};
const BY_ADMIN = {
  actor: text('The person who did it, as `admin:` and the subject.'),
  admin_action: text('The entry of the audit of the console that says why.'),
};

interface EventDescription {
  readonly summary: string;
  /** Always there. */
  readonly always?: Readonly<Record<string, object>>;
  readonly sometimes?: Readonly<Record<string, object>>;
  /** Of `data`, without the consent. */
  readonly example: Readonly<Record<string, unknown>>;
}

const from = (previous_state: string | null, reason: string | null = null) => ({ previous_state, reason });

const DESCRIPTIONS: Record<EventType, EventDescription> = {
  'consent.opened': {
    summary: 'A consent was opened: the PSU can follow its link',
    always: { link_seconds: whole('So long the link can be followed.', 1) },
    example: { ...from(null), link_seconds: 900 },
  },
  'consent.authorized': {
    summary: 'The PSU came back with a code, which is being exchanged',
    example: from('initiated'),
  },
  'consent.activated': {
    summary: 'The first token pair is stored: the consent is live',
    always: { generation: PAIR.generation },
    sometimes: PAIR,
    example: { ...from('authorized'), generation: 1 },
  },
  'consent.refreshed': {
    summary: 'A later token pair is stored',
    always: { generation: PAIR.generation },
    sometimes: PAIR,
    example: { ...from('active'), generation: 2 },
  },
  'consent.superseded': {
    summary: 'A newer consent of the same person, brand and scope took over',
    example: from('refreshed', 'replaced'),
  },
  'consent.revoked': {
    summary: 'The consent was withdrawn: here, or by the PSU at the bank',
    sometimes: CALL,
    example: from('refreshed', 'withdrawn_at_bank'),
  },
  'consent.expired': {
    summary: 'The consent ended by the clock, or its link was replaced or withdrawn',
    example: from('refreshed', 'validity_ended'),
  },
  'consent.rejected': {
    summary: 'The PSU refused, or the bank could not authorize',
    sometimes: { error: text('The word of the bank.') },
    example: { ...from('initiated', 'psu_refused'), error: 'access_denied' },
  },
  'consent.failed': {
    summary: 'The token pair is lost or refused: the PSU must consent again',
    sometimes: CALL,
    example: from('refreshed', 'rotation_lost'),
  },
  'consent.recovered': {
    summary: 'A consent that had failed is live again: the answer was found',
    always: { generation: PAIR.generation },
    sometimes: PAIR,
    example: { ...from('failed'), generation: 3, late_answer: true },
  },
  'consent.in_doubt': {
    summary: 'The answer to a token request was lost: the pair is tried again once that is safe',
    sometimes: { ...CALL, given_up: yes('An answer that was kept could not be read in time.') },
    example: { ...from(null), outcome: 'bank_outcome_unknown', grant_type: 'refresh_token' },
  },
  'consent.expiring': {
    summary: 'The consent ends in 14, 7 or 1 days',
    always: {
      days: { type: 'integer', enum: [14, 7, 1], description: 'At most this number of days is left.' },
    },
    example: { ...from(null), days: 7 },
  },
  'consent.accounts_listed': {
    summary: 'The bank listed the accounts that the PSU chose',
    always: { count: whole('How many.') },
    example: { ...from(null), count: 2 },
  },
  'consent.erased': {
    summary: 'The person was erased: nothing else is left of the consent',
    example: from(null, 'withdrawn_by_tpp'),
  },
  'hub.refreshes_paused': {
    summary: 'The scheduled refreshes of a brand pause: too many failed, or a person paused them',
    always: { brand, reason: text('Why: `refreshes_failed` or `paused_by_admin`.') },
    sometimes: {
      failures: whole('How many failed.', 1),
      window: whole('Out of how many.', 1),
      ...BY_ADMIN,
    },
    example: { brand: EXAMPLE_BRAND, reason: 'refreshes_failed', failures: 5, window: 20 },
  },
  'hub.refreshes_resumed': {
    summary: 'The scheduled refreshes of a brand are resumed',
    always: { brand, reason: text('Why: `refreshes_succeeded` or `resumed_by_admin`.') },
    sometimes: BY_ADMIN,
    example: { brand: EXAMPLE_BRAND, reason: 'refreshes_succeeded' },
  },
  'hub.certificate_expiring': {
    summary: 'A client certificate ends in 30, 14, 7 or 1 days',
    always: {
      brand,
      days: { type: 'integer', enum: [30, 14, 7, 1], description: 'At most this number of days is left.' },
      subject: text('Of the certificate.'),
      fingerprint: text('SHA-256 of the certificate, hex.'),
      not_after: { type: 'string', format: 'date-time', description: 'When it ends.' },
    },
    example: {
      brand: EXAMPLE_BRAND,
      days: 14,
      subject: 'CN=tpp.example',
      fingerprint: '5f0c9a1e',
      not_after: '2026-02-14T09:30:00.000Z',
    },
  },
  'hub.vault_key_retired': {
    summary: 'A key of the vault was retired: nothing needs it',
    always: { key_id: text('Of the key.') },
    example: { key_id: 'k1' },
  },
  'hub.webhook_disabled': {
    summary: 'A webhook was disabled',
    always: {
      webhook_id: { type: 'string', format: 'uuid', description: 'Of the webhook.' },
      api_client_id: { type: 'string', format: 'uuid', description: 'Whose it is.' },
      host: text('Of its URL, whose path may be a secret.'),
      reason: {
        type: 'string',
        enum: ['gone', 'failing'],
        description: 'Its receiver answered 410, or failed for five days.',
      },
      failing_since: {
        type: ['string', 'null'],
        format: 'date-time',
        description: 'First failure after the last success; null: it did not fail before.',
      },
    },
    example: {
      webhook_id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
      api_client_id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e71',
      host: 'receiver.example',
      reason: 'failing',
      failing_since: '2026-01-26T09:30:00.000Z',
    },
  },
};

type Schemas = Readonly<Record<string, Schema>>;

export interface DescribedEvents {
  /** One path item for each type. */
  readonly webhooks: Readonly<Record<EventType, { readonly post: Operation }>>;
  readonly schemas: Schemas;
}

const isOfConsent = (type: EventType): boolean => type.startsWith('consent.');

/** `consent.accounts_listed`: `ConsentAccountsListedEvent` */
const schemaNameOf = (type: EventType): string =>
  `${type.replaceAll(/(?:^|[._])([a-z])/g, (_match, letter: string) => letter.toUpperCase())}Event`;

/**
 * What each type of event looks like, as a webhook of OpenAPI 3.1; pages and the stream have the same events.
 *
 * @param schemas of the description, with those of `EventView` and `EventConsentView`
 * @param exampleOf makes an example of one of them
 */
export function describeEvents(schemas: Schemas, exampleOf: (name: string) => object): DescribedEvents {
  const common = schemas['EventView'];
  if (!common) throw new Error('nothing describes EventView');
  const described = EVENT_TYPES.map((type) => [type, DESCRIPTIONS[type]] as const);
  const webhooks = described.map(([type, { summary, example }]) => {
    const { subject, ...event } = exampleOf('EventView') as { readonly subject?: unknown };
    const data = { ...(isOfConsent(type) && { consent: exampleOf('EventConsentView') }), ...example };
    const body = { ...event, type, ...(isOfConsent(type) && { subject }), data };
    return [type, { post: operationOf(type, summary, body) }] as const;
  });
  return {
    webhooks: Object.fromEntries(webhooks) as unknown as DescribedEvents['webhooks'],
    schemas: Object.fromEntries(
      described.map(([type, each]) => [schemaNameOf(type), schemaOf(type, each, common)]),
    ),
  };
}

const operationOf = (type: EventType, summary: string, example: object): Operation => ({
  operationId: `on${schemaNameOf(type)}`,
  summary,
  tags: ['events'],
  security: [],
  requestBody: {
    content: {
      'application/json': { schema: { $ref: `#/components/schemas/${schemaNameOf(type)}` }, example },
    },
  },
  responses: { '204': { description: 'Any status of 2xx says that the event has arrived.' } },
});

function schemaOf(
  type: EventType,
  { summary, always = {}, sometimes }: EventDescription,
  common: Schema,
): Schema {
  const { subject, ...properties } = common.properties ?? {};
  const ofConsent = isOfConsent(type);
  const known = ofConsent ? CONSENT_DATA : {};
  return {
    type: 'object',
    description: summary,
    required: [...(common.required ?? []), ...(ofConsent ? ['subject'] : [])],
    properties: {
      ...properties,
      ...(ofConsent && subject && { subject }),
      type: { type: 'string', enum: [type] },
      data: {
        type: 'object',
        required: [...Object.keys(known), ...Object.keys(always)],
        properties: { ...sometimes, ...always, ...known },
      },
    },
  };
}

const CONSENT_DATA: Readonly<Record<string, Schema>> = {
  consent: { $ref: '#/components/schemas/EventConsentView' },
  previous_state: {
    type: ['string', 'null'],
    enum: [...CONSENT_STATES, null],
    description: 'The state before; null where it did not change.',
  },
  reason: {
    type: ['string', 'null'],
    enum: [...ALL_STATE_REASONS, null],
    description: 'Why the consent was in its state.',
  },
};
