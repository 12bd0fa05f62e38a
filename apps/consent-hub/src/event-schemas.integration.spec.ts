import {
  ConsentExpirer,
  ConsentReminder,
  EVENT_TYPES,
  HubEvents,
  PersonEraser,
  type HubEventType,
  type EventData,
} from '@consent-hub/consent';
import { ApiConformance } from '@consent-hub/testing';
import { EventReaders, type Reader } from '../testing/event-readers.harness.js';
import type { ApiDocument } from './openapi/document-types.js';

jest.setTimeout(60_000);

let readers: EventReaders;
let admin: Reader;
let document: ApiDocument;
let conformance: ApiConformance;

beforeAll(async () => {
  readers = await EventReaders.start();
  admin = await readers.reader('root', ['events:read', 'admin']);
  document = (await (await fetch(`${readers.hub.url}/openapi.json`)).json()) as ApiDocument;
  conformance = new ApiConformance(document);
});
afterAll(() => readers.close());

const BY_ADMIN = { actor: 'admin:link:otto', admin_action: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e72' };
const HUB_EVENTS: readonly (readonly [HubEventType, EventData])[] = [
  ['hub.refreshes_paused', { brand: 'banx', reason: 'refreshes_failed', failures: 5, window: 20 }],
  ['hub.refreshes_resumed', { brand: 'banx', reason: 'refreshes_succeeded' }],
  ['hub.refreshes_paused', { brand: 'banx', reason: 'paused_by_admin', ...BY_ADMIN }],
  ['hub.refreshes_resumed', { brand: 'banx', reason: 'resumed_by_admin', ...BY_ADMIN }],
  [
    'hub.certificate_expiring',
    { brand: 'banx', days: 7, subject: 'CN=a', fingerprint: 'ab', not_after: '2027-01-01T00:00:00.000Z' },
  ],
  ['hub.vault_key_retired', { key_id: 'k1' }],
  [
    'hub.webhook_disabled',
    {
      webhook_id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
      api_client_id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e71',
      host: 'receiver.example',
      reason: 'gone',
      failing_since: null,
    },
  ],
];

/** Brings about an event of each type. */
async function bringAbout(): Promise<void> {
  const { dataSource, given } = readers;
  const { consents } = given;
  const move = (...args: Parameters<typeof consents.move>) =>
    dataSource.transaction((tx) => consents.move(tx, args[1], args[2]));
  const actor = 'hub:test';
  const tx = dataSource.manager;
  const failing = await given.live(admin, { scope: 'CAF', iban: 'BE83063154780915' });
  await given.refreshed(failing);
  const call = { request_id: 'a', grant_type: 'refresh_token', outcome: 'b', http_status: 400 };
  const facts = { ...call, bank_error: 'c', bank_error_code: 'd' };
  await move(tx, failing, { to: 'failed', data: { reason: 'rotation_lost' }, actor, facts });
  await given.refreshed(failing);
  const renewed = await given.live(admin, { psuRef: 'jan' });
  await given.live(admin, { psuRef: 'jan' });
  const rejected = await given.opened(admin);
  await move(tx, rejected.id, {
    to: 'rejected',
    data: { reason: 'psu_refused' },
    actor: 'psu',
    facts: { error: 'access_denied' },
  });
  const revoked = await given.live(admin);
  await move(tx, revoked, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor });
  const ending = await given.live(admin);
  await dataSource.query(
    `UPDATE hub.consent SET authorized_at = now() - interval '90 days', consent_expires_at = now() + interval '6 days'
      WHERE id = $1`,
    [ending],
  );
  await new ConsentReminder(dataSource).remind(10);
  await dataSource.query(`UPDATE hub.consent SET consent_expires_at = now() WHERE id = $1`, [ending]);
  await new ConsentExpirer(dataSource).expireConsents(10);
  await consents.record(tx, renewed, 'grant_in_doubt', actor, call);
  await consents.record(tx, renewed, 'accounts_listed', actor, { count: 2 });
  await given.live(admin, { psuRef: 'forgotten' });
  const eraser = new PersonEraser(dataSource, consents);
  await eraser.erase({ psuRef: 'forgotten', mayEnd: true, actor });
  for (const [type, data] of HUB_EVENTS) await new HubEvents().record(tx, type, data);
}

describe('the description of events', () => {
  it('has a schema for each type, and an example that it allows', () => {
    const webhooks = Object.entries(document.webhooks ?? {});
    expect(webhooks.map(([type]) => type)).toEqual([...EVENT_TYPES]);
    for (const [type, { post }] of webhooks) {
      const example = post.requestBody?.content?.['application/json']?.example as { type: string };
      expect([example.type, conformance.faultsOfEvent(example)]).toEqual([type, []]);
    }
  });

  it('is what the hub shows of each', async () => {
    await bringAbout();
    await readers.end(admin);
    const { items } = await readers.list(admin, 'limit=1000');
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    for (const event of items)
      expect([event.type, conformance.faultsOfEvent(event)]).toEqual([event.type, []]);
  });

  it('is broken by a field that it does not name', () => {
    const example = document.webhooks?.['consent.failed']?.post.requestBody?.content?.['application/json']
      ?.example as { type: string; data: object };
    const event = { ...example, data: { ...example.data, iban: 'BE83063154780915' } };
    expect(conformance.faultsOfEvent(event)).not.toEqual([]);
  });
});
