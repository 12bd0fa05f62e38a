import { newId, newRequestId } from '@consent-hub/platform';
import { AdminHub } from '../testing/admin-hub.harness.js';

jest.setTimeout(60_000);
let hub: AdminHub;
beforeAll(async () => {
  hub = await AdminHub.start();
});
afterAll(() => hub.close());

const list = async (query = '') => {
  const { status, body } = await hub.call('GET', `/v1/token-requests${query}`);
  return { status, items: body['items'] as Record<string, unknown>[], next: body['next_cursor'], body };
};

describe('GET /v1/token-requests', () => {
  it('lists calls newest first, by consent and status, page by page, and never what they brought', async () => {
    const [one, other] = [await hub.given.live(hub.owner), await hub.given.live(hub.owner)];
    const committed = await hub.request(one, 'committed');
    const kept = await hub.keepAnswer(one, 'top-secret');
    const refused = await hub.request(other, 'refused');
    const doubtful = await hub.request(other, 'in_doubt');
    const ids = async (query: string) => (await list(query)).items.map(({ request_id }) => request_id);

    expect(await ids('')).toEqual([doubtful, refused, kept, committed]);
    expect(await ids(`?consent_id=${one}`)).toEqual([kept, committed]);
    expect(await ids('?status=committed&status=in_doubt')).toEqual([doubtful, committed]);
    expect(await ids(`?status=refused&consent_id=${one}`)).toEqual([]);
    expect(await ids('?status=sent')).toEqual([]);
    const first = await list('?limit=3');
    expect(first.items.map(({ request_id }) => request_id)).toEqual([doubtful, refused, kept]);
    expect(await ids(`?cursor=${String(first.next)}`)).toEqual([committed]);
    expect((await list(`?status=refused&status=in_doubt&limit=1`)).next).toEqual(expect.any(String));

    const { items, body } = await list('?status=received');
    expect(items).toMatchObject([
      {
        consent_id: one,
        status: 'received',
        keeps_answer: true,
        outcome: 'unreadable_answer',
        http_status: 200,
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/top-secret|raw_answer/);
  });

  it.each([
    ['status=lost', 'status', 'must be one of sent'],
    ['consent_id=7', 'consent_id', 'must be a UUID'],
    ['limit=1001', 'limit', 'must be a whole number from 1 to 1000'],
    ['cursor=x', 'cursor', 'must be the next_cursor of a page'],
  ])('refuses what it does not understand: %s', async (query, field, detail) => {
    expect(await list(`?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', errors: [{ field, detail: expect.stringContaining(detail) }] },
    });
  });
});

const PAIR = {
  access_token: 'new-access',
  refresh_token: 'new-refresh',
  token_type: 'Bearer',
  expires_in: 3600,
};

describe('a kept answer', () => {
  it('is read again on demand, also one that this version could not read before, and stored once it is readable', async () => {
    const [readable, garbled] = [await hub.given.live(hub.owner), await hub.given.live(hub.owner)];
    const pageless = await hub.given.live(hub.owner);
    const good = await hub.keepAnswer(readable, JSON.stringify(PAIR));
    const bad = await hub.keepAnswer(garbled, '{"accessToken":"odd-access"}');
    const page = await hub.keepAnswer(pageless, '<html>');

    expect(await hub.call('POST', `/v1/token-requests/${good}/reparse`)).toEqual({
      status: 200,
      body: { request_id: good, consent_id: readable, result: 'committed' },
    });
    expect(await hub.given.consents.find(readable)).toMatchObject({
      state: 'refreshed',
      tokenPair: { generation: 2 },
    });
    const unreadable = { request_id: bad, consent_id: garbled, result: 'unreadable' };
    for (const others of [[{ request_id: page, consent_id: pageless, result: 'in_doubt' }], []]) {
      const { status, body } = await hub.call('POST', '/v1/token-requests/reparse');
      const items = (body['items'] as { consent_id: string }[]).filter(({ consent_id }) =>
        [garbled, pageless].includes(consent_id),
      );
      expect([status, items]).toEqual([200, [unreadable, ...others]]);
    }
    expect(await hub.given.consents.find(garbled)).toMatchObject({
      state: 'active',
      tokenPair: { generation: 1 },
    });
    for (const unknown of [good, newRequestId()])
      expect(await hub.call('POST', `/v1/token-requests/${unknown}/reparse`)).toMatchObject({
        status: 404,
        body: { code: 'no_answer_kept' },
      });
  });

  it('is given up on demand, once, and the timeline names who did it', async () => {
    const id = await hub.given.live(hub.owner);
    const requestId = await hub.keepAnswer(id, '{"accessToken":"odd-access"}');
    const resolve = (request: string) => hub.call('POST', `/v1/token-requests/${request}/resolve`);
    const [first, second] = await Promise.all([resolve(requestId), resolve(requestId)]);
    expect([first.status, second.status].sort()).toEqual([200, 404]);
    expect([first, second]).toContainEqual({
      status: 200,
      body: { request_id: requestId, consent_id: id, status: 'in_doubt' },
    });
    expect((await list(`?consent_id=${id}`)).items).toMatchObject([
      { status: 'in_doubt', keeps_answer: true },
    ]);
    const doubts = (await hub.given.consents.events(id)).filter(({ type }) => type === 'grant_in_doubt');
    expect(doubts).toMatchObject([
      { actor: `client:${hub.adminId}`, data: { request_id: requestId, given_up: true } },
    ]);
    for (const unknown of [requestId, newId()])
      expect(await resolve(unknown)).toMatchObject({ status: 404, body: { code: 'no_answer_waited_for' } });
    expect(await resolve('seven')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'request_id' }] },
    });
  });

  it('is touched by admins alone', async () => {
    const id = await hub.given.live(hub.owner);
    const requestId = await hub.keepAnswer(id, JSON.stringify(PAIR));
    const key = await hub.keyOf('platform', ['consents:read', 'consents:write', 'tokens:read']);
    for (const path of ['reparse', `${requestId}/reparse`, `${requestId}/resolve`])
      expect(await hub.call('POST', `/v1/token-requests/${path}`, undefined, key)).toMatchObject({
        status: 403,
        body: { code: 'permission_missing', permission: 'admin' },
      });
    expect((await list(`?consent_id=${id}`)).items).toMatchObject([
      { status: 'received', keeps_answer: true },
    ]);
  });
});
