import { newId } from '@consent-hub/platform';
import { AdminHub } from '../testing/admin-hub.harness.js';

jest.setTimeout(60_000);
let hub: AdminHub;
beforeAll(async () => {
  hub = await AdminHub.start();
});
afterAll(() => hub.close());

const verify = async (query = '') => hub.call('GET', `/v1/timeline/verification${query}`);
/** All pages, as a caller follows them. */
async function follow(limit: number) {
  const pages = [];
  for (let query = `?limit=${limit}`; ;) {
    const { body } = await verify(query);
    pages.push(body);
    if (body['next_cursor'] === null) return pages;
    query = `?limit=${limit}&cursor=${body['next_cursor'] as string}`;
  }
}

describe('GET /v1/timeline/verification', () => {
  it('verifies page by page, and finds what is broken, consents that were removed among it', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await hub.given.live(hub.owner));
    await hub.tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 3`, String(ids[1]));
    await hub.tamper(`DELETE FROM hub.consent WHERE id = $1`, String(ids[3]));
    await hub.tamper(
      `WITH gone AS (DELETE FROM hub.consent_timeline WHERE consent_id = $1) DELETE FROM hub.consent WHERE id = $1`,
      String(ids[4]),
    );
    const broken = [
      { consent_id: ids[1], seq: 3, fault: 'cut_off' },
      { consent_id: ids[3], seq: 1, fault: 'ownerless' },
      { consent_id: ids[4], seq: 1, fault: 'ownerless' },
    ];
    expect(await follow(2)).toMatchObject([
      { consents: 2, entries: 5, broken: [broken[0]], next_cursor: ids[1] },
      { consents: 2, entries: 6, broken: [broken[1]], next_cursor: ids[3] },
      { consents: 1, entries: 3, broken: [broken[2]], next_cursor: null },
    ]);
    expect(await verify()).toEqual({
      status: 200,
      body: { consents: 5, entries: 14, broken, next_cursor: null },
    });
  });

  it('verifies one consent, and says that there is none where nothing is left of it', async () => {
    const id = await hub.given.live(hub.owner);
    await hub.given.live(hub.owner);
    expect(await verify(`?consent_id=${id}`)).toEqual({
      status: 200,
      body: { consents: 1, entries: 3, broken: [], next_cursor: null },
    });
    expect(await verify(`?consent_id=${newId()}`)).toMatchObject({
      status: 404,
      body: { code: 'consent_not_found' },
    });
  });

  it('is for admins alone, and refuses what it does not understand', async () => {
    const key = await hub.keyOf('platform', ['consents:read']);
    expect(await hub.call('GET', '/v1/timeline/verification', undefined, key)).toMatchObject({
      status: 403,
      body: { permission: 'admin' },
    });
    for (const query of ['limit=0', 'limit=1001', 'cursor=x', 'consent_id=7'])
      expect(await verify(`?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: query.split('=')[0] }] },
      });
  });
});
