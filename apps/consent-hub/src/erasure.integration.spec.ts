import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../testing/admin-hub.harness.js';

jest.setTimeout(60_000);
let hub: AdminHub;
beforeAll(async () => {
  hub = await AdminHub.start();
});
afterAll(() => hub.close());

const erase = (body: object) => hub.call('POST', '/v1/erasures', body);

describe('POST /v1/erasures', () => {
  it('refuses while a consent has not ended and names it, ends it on request, and erases the person', async () => {
    const live = await hub.given.live(hub.owner, { psuRef: 'anna' });
    const elsewhere = await hub.given.live(hub.owner, { psuRef: 'anna', brand: 'banx' });
    expect(await erase({ psu_ref: 'anna', brand: 'belfius' })).toMatchObject({
      status: 409,
      body: { code: 'consents_not_ended', consents: [{ id: live, brand: 'belfius', state: 'active' }] },
    });
    expect(await hub.given.consents.find(live)).toMatchObject({ psuRef: 'anna', state: 'active' });

    expect(await erase({ psu_ref: 'anna', brand: 'belfius', revoke: true })).toEqual({
      status: 200,
      body: { erased: [{ id: live, brand: 'belfius', state: 'active' }] },
    });
    expect(await hub.given.consents.find(live)).toMatchObject({
      state: 'revoked',
      erasedAt: expect.any(Date),
    });
    const actor = `client:${hub.adminId}`;
    expect((await hub.given.consents.events(live)).slice(-2)).toMatchObject([
      { toState: 'revoked', actor },
      { type: 'erased', actor },
    ]);
    expect(await hub.given.consents.find(elsewhere)).toMatchObject({ psuRef: 'anna', state: 'active' });
    expect(await erase({ psu_ref: 'anna', brand: 'belfius' })).toMatchObject({
      status: 404,
      body: { code: 'person_unknown' },
    });
  });

  it('waits for the end of an exchange, names its consent, and changes nothing before', async () => {
    const id = await hub.given.authorized(hub.owner, { psuRef: 'ben' });
    await hub.request(id, 'sent');
    const before = await dumpDatabase(hub.database.url);
    expect(await erase({ psu_ref: 'ben', revoke: true })).toMatchObject({
      status: 409,
      body: { code: 'call_under_way', consents: [{ id, brand: 'belfius', state: 'authorized' }] },
    });
    expect(await dumpDatabase(hub.database.url)).toBe(before);
  });

  it('is done once when two ask for it at once', async () => {
    await hub.given.live(hub.owner, { psuRef: 'carla' });
    const answers = await Promise.all([1, 2].map(() => erase({ psu_ref: 'carla', revoke: true })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('is for admins alone', async () => {
    const id = await hub.given.live(hub.owner, { psuRef: 'dora' });
    const key = await hub.keyOf('platform', ['consents:read', 'consents:write']);
    expect(await hub.call('POST', '/v1/erasures', { psu_ref: 'dora', revoke: true }, key)).toMatchObject({
      status: 403,
      body: { permission: 'admin' },
    });
    expect(await hub.given.consents.find(id)).toMatchObject({ psuRef: 'dora', state: 'active' });
  });

  it.each<[object, string]>([
    [{}, 'psu_ref'],
    [{ psu_ref: ' ' }, 'psu_ref'],
    [{ psu_ref: 'emma', brand: 'ing' }, 'brand'],
    [{ psu_ref: 'emma', revoke: 'yes' }, 'revoke'],
    [{ psu_ref: 'emma', all: true }, 'all'],
  ])('refuses what it does not understand: %j', async (body, field) => {
    const id = await hub.given.live(hub.owner, { psuRef: 'emma' });
    expect(await erase(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(await hub.given.consents.find(id)).toMatchObject({ psuRef: 'emma', state: 'active' });
  });
});
