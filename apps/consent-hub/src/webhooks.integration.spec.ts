import { randomUUID } from 'node:crypto';
import { EVENT_TYPES } from '@consent-hub/consent';
import { dumpDatabase } from '@consent-hub/testing';
import { until } from '../testing/due-consents.harness.js';
import { WebhooksHarness, type KeyedClient } from '../testing/webhooks.harness.js';
import { WebhookPruningJob } from './webhooks/webhook-pruning.job.js';
import { LOCK_ORDER } from './webhooks/webhook.statements.js';
import type { WebhookView } from './webhooks/webhook.view.js';

jest.setTimeout(60_000);

let world: WebhooksHarness;
beforeAll(async () => {
  world = await WebhooksHarness.start();
});
afterAll(() => world.close());

let owner: KeyedClient;
let count = 0;
beforeEach(async () => {
  world.receiver.answer = () => 204;
  world.receiver.messages.length = 0;
  owner = await world.client(`client-${++count}`);
});

const call = <T = Record<string, unknown>>(method: string, path: string, body?: object) =>
  world.call<T>(method, path, body, owner);
const hook = (wanted: object = {}) => world.webhook(wanted, owner);

/** Sends a request that must be refused, and sees that it changed nothing. */
async function refusal(method: string, path: string, body?: object) {
  const before = await dumpDatabase(world.database.url);
  const answer = await call(method, path, body);
  expect(await dumpDatabase(world.database.url)).toBe(before);
  return [answer.status, answer.body['code']];
}

describe('a webhook', () => {
  it('is made with a secret that is shown once, for all types but the two that are many', async () => {
    const { secret, ...made } = await hook({ description: 'mails' });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made).toEqual({
      id: expect.any(String),
      url: `${world.receiver.url}/hook`,
      event_types: EVENT_TYPES.filter(
        (type) => type.startsWith('consent.') && !['consent.opened', 'consent.refreshed'].includes(type),
      ),
      description: 'mails',
      state: 'enabled',
      disabled_reason: null,
      failing_since: null,
      created_at: expect.any(String),
    });
    expect((await call('GET', `/v1/webhooks/${made.id}`)).body).toEqual(made);
    expect((await call<{ items: WebhookView[] }>('GET', '/v1/webhooks')).body.items).toEqual([made]);
    const [row] = await world.dataSource.query<{ row: string }[]>(
      `SELECT to_jsonb(w)::text AS row FROM hub.webhook w WHERE id = $1`,
      [made.id],
    );
    expect(row?.row).not.toContain(Buffer.from(secret).toString('hex'));
    expect(world.log.join('')).not.toContain(secret.slice(6));
  });

  it('is changed where the request says so', async () => {
    const { id, url } = await hook();
    const changed = await call('PATCH', `/v1/webhooks/${id}`, {
      event_types: ['consent.failed'],
      description: 'alarms',
    });
    expect(changed.body).toMatchObject({ url, event_types: ['consent.failed'], description: 'alarms' });
    const moved = await call('PATCH', `/v1/webhooks/${id}`, {
      url: `${url}2`,
      description: null,
      state: 'disabled',
    });
    expect(moved.body).toMatchObject({
      url: `${url}2`,
      event_types: ['consent.failed'],
      description: null,
      state: 'disabled',
      disabled_reason: 'by_client',
    });
    expect((await call('PATCH', `/v1/webhooks/${id}`, {})).body).toEqual(moved.body);
  });

  it('is deleted with its deliveries and its secret', async () => {
    const { id, url } = await hook({ event_types: ['consent.opened'] });
    await world.given.opened(owner);
    await world.settled();
    expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    expect((await call('GET', `/v1/webhooks/${id}`)).status).toBe(404);
    await world.given.opened(owner);
    await world.settled();
    expect(world.receiver.messages).toHaveLength(1);
    await world.first.app.get(WebhookPruningJob).run();
    const left = await world.dataSource.query<object[]>(`SELECT id FROM hub.webhook WHERE id = $1`, [id]);
    expect(left).toEqual([]);
    expect((await hook({ url })).id).not.toBe(id);
  });

  it('stays until a delivery is gone that was being made when it was deleted', async () => {
    const { id } = await hook({ event_types: ['consent.opened'] });
    const maker = world.dataSource.createQueryRunner();
    await maker.startTransaction();
    await maker.query(LOCK_ORDER);
    await maker.query(
      `INSERT INTO hub.webhook_delivery (webhook_id, position, event_id, event_type, is_head, due_at)
       VALUES ($1, 1, 'evt_1_00000000', 'consent.opened', true, now())`,
      [id],
    );
    await call('DELETE', `/v1/webhooks/${id}`);
    const job = world.first.app.get(WebhookPruningJob);
    const pruning = job.run();
    await until(async () => {
      const waiting = await world.dataSource.query<object[]>(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      );
      return waiting.length > 0;
    });
    await maker.commitTransaction();
    await maker.release();
    await pruning;
    const left = (): Promise<unknown> =>
      world.dataSource.query(
        `SELECT (SELECT count(*)::int FROM hub.webhook WHERE id = $1) AS webhooks,
                (SELECT count(*)::int FROM hub.webhook_delivery WHERE webhook_id = $1) AS deliveries`,
        [id],
      );
    expect(await left()).toEqual([{ webhooks: 1, deliveries: 1 }]);
    await job.run();
    expect(await left()).toEqual([{ webhooks: 0, deliveries: 0 }]);
  });

  it('is not there for other clients', async () => {
    const { id } = await hook();
    owner = await world.client(`client-${++count}`, ['admin', 'events:read']);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { state: 'disabled' }],
      ['DELETE', '', undefined],
      ['POST', '/rotate-secret', undefined],
      ['POST', '/test', undefined],
      ['GET', '/deliveries', undefined],
      ['POST', '/replay', { state: 'failed' }],
    ] as const)
      expect(await refusal(method, `/v1/webhooks/${id}${path}`, body)).toEqual([404, 'webhook_not_found']);
    expect((await call<{ items: unknown[] }>('GET', '/v1/webhooks')).body.items).toEqual([]);
  });

  it('is tested at once, in any state, and says how the receiver answers', async () => {
    const { id } = await hook();
    const path = `/v1/webhooks/${id}/test`;
    await call('PATCH', `/v1/webhooks/${id}`, { state: 'disabled' });
    const { body } = await call('POST', path);
    expect(body).toEqual({ event_id: world.receiver.events[0]?.id, status: 204, error: null });
    expect(world.receiver.events).toMatchObject([{ type: 'hub.test', data: { webhook_id: id } }]);
    world.receiver.answer = () => 500;
    expect((await call('POST', path)).body).toMatchObject({ status: 500, error: 'http_500' });
    world.receiver.answer = () => 'hang up';
    expect((await call('POST', path)).body).toMatchObject({ status: null, error: 'connection_reset' });
    expect((await call('GET', `/v1/webhooks/${id}`)).body).toMatchObject({ failing_since: null });
  });
});

describe('bad input about webhooks', () => {
  const url = 'https://receiver.example/hook';

  it.each([
    ['no url', {}, [400, 'invalid_input']],
    ['an unknown field', { url, secret: 'x' }, [400, 'invalid_input']],
    ['no types', { url, event_types: [] }, [400, 'invalid_input']],
    ['a long description', { url, description: 'x'.repeat(501) }, [400, 'invalid_input']],
    ['an unknown type', { url, event_types: ['consent.eaten'] }, [400, 'event_type_unknown']],
    ['a type of the hub', { url, event_types: ['hub.refreshes_paused'] }, [400, 'event_type_unknown']],
    ['the test type', { url, event_types: ['hub.test'] }, [400, 'event_type_unknown']],
    ['another scheme', { url: 'ftp://receiver.example/' }, [422, 'webhook_url_invalid']],
    ['credentials', { url: 'https://user:pass@receiver.example/' }, [422, 'webhook_url_invalid']],
    ['a name without address', { url: 'https://nowhere.invalid/' }, [422, 'webhook_host_unknown']],
  ] as const)('is refused, and changes nothing: %s', async (_what, body, expected) => {
    expect(await refusal('POST', '/v1/webhooks', body)).toEqual(expected);
  });

  it('is refused, and changes nothing: a url that the client uses already, made or changed', async () => {
    const { url: taken } = await hook();
    const { id } = await hook({ url: `${taken}/other` });
    expect(await refusal('POST', '/v1/webhooks', { url: taken })).toEqual([409, 'webhook_url_taken']);
    expect(await refusal('PATCH', `/v1/webhooks/${id}`, { url: taken })).toEqual([409, 'webhook_url_taken']);
    const other = await world.client(`client-${++count}`);
    expect((await world.webhook({ url: taken }, other)).url).toBe(taken);
  });

  it('is refused, and changes nothing: more than fifty, though many come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 55 }, (_, n) =>
        call('POST', '/v1/webhooks', { url: `${world.receiver.url}/${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(await refusal('POST', '/v1/webhooks', { url: `${world.receiver.url}/more` })).toEqual([
      409,
      'webhook_limit_reached',
    ]);
  });

  it('is refused, and changes nothing: states, cursors and replays that are none', async () => {
    const { id } = await hook();
    const path = `/v1/webhooks/${id}`;
    expect(await refusal('PATCH', path, { state: 'broken' })).toEqual([400, 'invalid_input']);
    expect(await refusal('PATCH', path, { url: null })).toEqual([400, 'invalid_input']);
    expect(await refusal('GET', `${path}/deliveries?cursor=x`)).toEqual([400, 'invalid_input']);
    expect(await refusal('GET', `${path}/deliveries?state=lost`)).toEqual([400, 'invalid_input']);
    expect(await refusal('POST', `${path}/replay`, {})).toEqual([400, 'invalid_input']);
    const two = { state: 'failed', after: 'evt_1_00000000' };
    expect(await refusal('POST', `${path}/replay`, two)).toEqual([400, 'invalid_input']);
    for (const body of [{ after: 'evt_1_00000000' }, { event_ids: ['evt_1_00000000'] }])
      expect(await refusal('POST', `${path}/replay`, body)).toEqual([404, 'event_unknown']);
    expect(await refusal('GET', `/v1/webhooks/${randomUUID()}`)).toEqual([404, 'webhook_not_found']);
  });

  it('does not let a client have events of others sent, nor learn that there are any', async () => {
    const stranger = await world.client(`client-${++count}`);
    await world.webhook({ event_types: ['consent.opened'] }, stranger);
    await world.given.opened(stranger);
    await world.settled();
    const foreign = world.receiver.events.at(-1)?.id ?? '';
    const { id } = await hook();
    for (const body of [{ after: foreign }, { event_ids: [foreign] }])
      expect(await refusal('POST', `/v1/webhooks/${id}/replay`, body)).toEqual([404, 'event_unknown']);
  });
});

describe('a replay', () => {
  const replay = async (id: string, body: object) =>
    (await call('POST', `/v1/webhooks/${id}/replay`, body)).body;
  const notes = () => world.receiver.events.map(({ data }) => data['note']);

  it('sends what came after an event once more, in order, and what the webhook missed', async () => {
    const { id } = await hook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(owner)).id;
    for (const note of ['1', '2']) await world.event(consent, note);
    await world.settled();
    await call('PATCH', `/v1/webhooks/${id}`, { state: 'disabled' });
    for (const note of ['3', '4']) await world.event(consent, note);
    await world.settled();
    await call('PATCH', `/v1/webhooks/${id}`, { state: 'enabled' });
    await world.settled();
    expect(notes()).toEqual(['1', '2']);

    expect(await replay(id, { after: world.receiver.events[0]?.id })).toEqual({ scheduled: 3 });
    await world.settled();
    expect(notes()).toEqual(['1', '2', '2', '3', '4']);
  });

  it('sends single events, of types that the webhook does not ask for as well', async () => {
    const { id } = await hook({ event_types: ['consent.in_doubt', 'consent.opened'] });
    const consent = (await world.given.opened(owner)).id;
    await world.event(consent, '1');
    await world.settled();
    const ids = world.receiver.events.map((event) => event.id);
    await call('PATCH', `/v1/webhooks/${id}`, { event_types: ['consent.failed'] });
    expect(await replay(id, { event_ids: [...ids].reverse() })).toEqual({ scheduled: 2 });
    await world.settled();
    expect(world.receiver.events.map((event) => event.id)).toEqual([...ids, ...ids]);
  });

  it('sends what was given up, in order, and leaves what is delivered', async () => {
    const { id } = await hook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(owner)).id;
    world.receiver.answer = ({ event }) => (event.data['note'] === 'ok' ? 204 : 500);
    for (const note of ['1', 'ok', '2']) await world.event(consent, note);
    await world.goOnUntil(async () => {
      await world.dataSource.query(
        `UPDATE hub.webhook_delivery SET attempts = 9 WHERE attempts < 9 AND lease IS NULL`,
      );
      await world.later('1 day');
      return (
        (
          await world.dataSource.query<object[]>(
            `SELECT FROM hub.webhook_delivery WHERE webhook_id = $1 AND state = 'failed'`,
            [id],
          )
        ).length === 2
      );
    });
    world.receiver.answer = () => 204;
    world.receiver.messages.length = 0;
    expect(await replay(id, { state: 'failed' })).toEqual({ scheduled: 2 });
    await world.settled();
    expect(notes()).toEqual(['1', '2']);
    expect(await replay(id, { state: 'failed' })).toEqual({ scheduled: 0 });
  });

  it('leaves alone what is under way', async () => {
    const { id } = await hook({ event_types: ['consent.in_doubt'] });
    world.receiver.answer = () => 'silence';
    await world.event((await world.given.opened(owner)).id, '1');
    await world.goOnUntil(() => world.receiver.messages.length === 1);
    const event = world.receiver.events[0]?.id;
    expect(await replay(id, { event_ids: [event] })).toEqual({ scheduled: 0 });
    world.receiver.answer = () => 204;
    world.receiver.release(204);
    await world.settled();
    expect(world.receiver.messages).toHaveLength(1);
  });
});

describe('the list of deliveries', () => {
  it('goes from page to page, newest first, by state', async () => {
    const { id } = await hook({ event_types: ['consent.opened'] });
    for (let n = 0; n < 5; n++) await world.given.opened(owner);
    await world.settled();
    const path = `/v1/webhooks/${id}/deliveries?limit=2&state=delivered`;
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await call<{ items: { event_id: string }[]; next_cursor: string | null }>(
        'GET',
        path + more,
      );
      pages.push(body.items.map((item) => item.event_id));
      cursor = body.next_cursor;
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toHaveLength(new Set(pages.flat()).size);
    expect(
      (await call<{ items: unknown[] }>('GET', `/v1/webhooks/${id}/deliveries?state=failed`)).body.items,
    ).toEqual([]);
  });

  it('forgets what ended longer ago than it is kept', async () => {
    const { id } = await hook({ event_types: ['consent.opened'] });
    for (let n = 0; n < 2; n++) await world.given.opened(owner);
    await world.settled();
    await world.dataSource.query(
      `UPDATE hub.webhook_delivery SET ended_at = now() - interval '31 days'
        WHERE webhook_id = $1 AND position = (SELECT min(position) FROM hub.webhook_delivery WHERE webhook_id = $1)`,
      [id],
    );
    await world.first.app.get(WebhookPruningJob).run();
    expect(
      (await call<{ items: unknown[] }>('GET', `/v1/webhooks/${id}/deliveries`)).body.items,
    ).toHaveLength(1);
  });
});

describe('a hub that does not allow private networks', () => {
  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.0.0.1/hook',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://localhost/hook',
  ])('refuses %s, and changes nothing', async (url) => {
    const strict = await world.hub({ WEBHOOK_ALLOW_PRIVATE: 'false' });
    world.hubs.unshift(...world.hubs.splice(-1));
    try {
      expect(await refusal('POST', '/v1/webhooks', { url })).toEqual([422, 'webhook_address_refused']);
      expect(await refusal('POST', '/v1/webhooks', { url: 'http://receiver.example/' })).toEqual([
        422,
        'webhook_url_invalid',
      ]);
    } finally {
      world.hubs.shift();
      await strict.close();
    }
  });
});
