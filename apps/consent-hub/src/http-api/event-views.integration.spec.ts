import { CONSENT_ENTITIES, EventFeed, HubEvents, PersonEraser } from '@consent-hub/consent';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { HttpSettings } from '../config/http.settings.js';
import { EventViews, type EventView } from './event.view.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let owner: Caller;
let feed: EventFeed;
let views: EventViews;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  owner = await given.caller();
  feed = new EventFeed(dataSource);
  const http = Object.assign(new HttpSettings(), { HUB_PUBLIC_URL: 'https://hub.example/' });
  views = new EventViews(dataSource, http);
});
afterEach(() => database.drop());

const page = () => feed.page({ after: 0, upTo: 1000, limit: 100 });
const viewed = async (): Promise<EventView[]> => views.build(await page());

describe('the view of an event', () => {
  it('is a CloudEvent with the consent as it is now, in the state of the event', async () => {
    const id = await given.live(owner, { scope: 'CAF', iban: 'BE83063154780915', psuRef: 'jan' });
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, {
        to: 'failed',
        data: { reason: 'rotation_lost' },
        actor: 'hub:test',
        facts: { outcome: 'refused' },
      }),
    );
    const events = await page();
    const all = await views.build(events);
    expect(all.map(({ type }) => type)).toEqual([
      'consent.opened',
      'consent.authorized',
      'consent.activated',
      'consent.failed',
    ]);
    expect(all[2]?.data).toMatchObject({
      consent: { id, state: 'active', state_reason: null, iban: '****0915', psu_ref: 'jan' },
      previous_state: 'authorized',
      reason: null,
      generation: 1,
    });
    const [failed, event] = [all[3], events[3]];
    expect(failed).toEqual({
      specversion: '1.0',
      id: event?.id,
      source: 'https://hub.example',
      type: 'consent.failed',
      subject: id,
      time: event?.at.toISOString(),
      datacontenttype: 'application/json',
      sequence: String(event?.position).padStart(20, '0'),
      data: expect.objectContaining({
        previous_state: 'active',
        reason: 'rotation_lost',
        outcome: 'refused',
      }),
    });
    expect(failed?.data['consent']).toMatchObject({ state: 'failed', state_reason: 'rotation_lost' });
    expect(JSON.stringify(all)).not.toContain('BE83063154780915');
  });

  it('keeps the failure of a consent that has recovered since', async () => {
    const id = await given.live(owner);
    const fail = { to: 'failed', data: { reason: 'rotation_lost' }, actor: 'hub:test' } as const;
    await dataSource.transaction((tx) => given.consents.move(tx, id, fail));
    await given.refreshed(id);
    const [failed, recovered] = (await viewed()).slice(-2);
    expect([failed?.type, failed?.data['consent']]).toMatchObject(['consent.failed', { state: 'failed' }]);
    expect([recovered?.type, recovered?.data]).toMatchObject([
      'consent.recovered',
      { previous_state: 'failed', consent: { state: 'refreshed', state_reason: null } },
    ]);
  });

  it('has no subject where the hub itself is meant', async () => {
    await dataSource.transaction((tx) =>
      new HubEvents().record(tx, 'hub.refreshes_paused', { brand: 'banx' }),
    );
    const [view] = await viewed();
    expect(view).toMatchObject({ type: 'hub.refreshes_paused', data: { brand: 'banx' } });
    expect(view).not.toHaveProperty('subject');
  });

  it('is not made of an event that was read just before its consent was erased', async () => {
    await given.live(owner, { psuRef: 'jan' });
    const events = await page();
    await new PersonEraser(dataSource, given.consents).erase({
      psuRef: 'jan',
      mayEnd: true,
      actor: 'hub:test',
    });
    expect(await views.build(events)).toEqual([]);
  });
});
