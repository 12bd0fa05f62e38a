import { Webhook } from 'standardwebhooks';
import { until } from '../testing/due-consents.harness.js';
import { WebhooksHarness } from '../testing/webhooks.harness.js';
import { WebhookPruningJob } from './webhooks/webhook-pruning.job.js';

jest.setTimeout(60_000);

let world: WebhooksHarness;
beforeEach(async () => {
  world = await WebhooksHarness.start();
});
afterEach(() => world.close());

const typesOf = () => world.receiver.events.map(({ type }) => type);
const noteOf = ({ data }: { data: Readonly<Record<string, unknown>> }) => String(data['note']);

describe('a webhook', () => {
  it('gets the events of its client from its creation on, of the types it asks for, each once', async () => {
    const stranger = await world.client('stranger');
    await world.given.live(world.owner);
    const { id } = await world.webhook({ event_types: ['consent.activated', 'consent.revoked'] });
    const consent = await world.given.live(world.owner);
    await world.given.live(stranger);
    await world.settled();
    await world.settled();

    expect(world.receiver.events).toMatchObject([{ type: 'consent.activated', subject: consent }]);
    expect(await world.deliveries(id)).toMatchObject([
      {
        event_id: world.receiver.events[0]?.id,
        event_type: 'consent.activated',
        subject: consent,
        state: 'delivered',
        attempts: 1,
        last_status: 204,
        last_error: null,
        next_attempt_at: null,
      },
    ]);
  });

  it('gets what the client would pull, signed so that the library of Standard Webhooks verifies it', async () => {
    const { secret } = await world.webhook({ event_types: ['consent.activated'] });
    const consent = await world.given.live(world.owner);
    await world.settled();

    const [message] = world.receiver.messages;
    const verified = new Webhook(secret).verify(
      message?.body ?? '',
      message?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      specversion: '1.0',
      id: message?.headers['webhook-id'],
      type: 'consent.activated',
      subject: consent,
      datacontenttype: 'application/json',
      data: { consent: { id: consent, state: 'active' }, previous_state: 'authorized' },
    });
    expect(message?.headers['content-type']).toBe('application/json');
    expect(message?.body).not.toContain('access-1');
  });

  it('has both secrets sign for a day after a rotation, then the new one alone', async () => {
    const webhook = await world.webhook({ event_types: ['consent.in_doubt'] });
    const { body } = await world.call<{ secret: string }>('POST', `/v1/webhooks/${webhook.id}/rotate-secret`);
    const { id } = await world.given.opened(world.owner);
    await world.event(id);
    await world.settled();
    await world.webhooksLater('24 hours');
    await world.event(id);
    await world.settled();

    const verify = (secret: string, at: number) => () => {
      const message = world.receiver.messages[at];
      return new Webhook(secret).verify(message?.body ?? '', message?.headers as Record<string, string>);
    };
    expect(body.secret).not.toBe(webhook.secret);
    for (const secret of [webhook.secret, body.secret]) expect(verify(secret, 0)).not.toThrow();
    expect(verify(body.secret, 1)).not.toThrow();
    expect(verify(webhook.secret, 1)).toThrow('No matching signature found');
  });

  it('gets no event of a consent that was erased before it could be sent, but that of the erasure', async () => {
    const admin = await world.client('admin', ['admin', 'events:read']);
    world.receiver.answer = () => 503;
    const { id } = await world.webhook();
    const consent = await world.given.live(world.owner, { psuRef: 'jan' });
    await world.settled();
    await world.call('POST', '/v1/erasures', { psu_ref: 'jan', revoke: true }, admin);
    world.receiver.answer = () => 204;
    world.receiver.messages.length = 0;
    await world.goOnUntil(async () => {
      await world.later('1 day');
      return typesOf().includes('consent.erased');
    });
    await world.settled();

    expect(typesOf()).toEqual(['consent.erased']);
    expect(await world.deliveries(id)).toMatchObject([{ event_type: 'consent.erased', subject: consent }]);
  });

  it('of an admin gets what happens to the hub, and to the consents of others', async () => {
    const admin = await world.client('admin', ['admin', 'events:read']);
    await world.webhook({ event_types: ['consent.opened', 'hub.webhook_disabled'] }, admin);
    await world.given.opened(world.owner);
    await world.settled();
    expect(typesOf()).toEqual(['consent.opened']);
  });

  it('gets nothing more once its client is revoked, disabled it waits, deleted it leaves nothing behind', async () => {
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(world.owner)).id;
    world.receiver.answer = () => 503;
    await world.event(consent);
    await world.settled();
    await world.call('PATCH', `/v1/webhooks/${id}`, { state: 'disabled' });
    world.receiver.answer = () => 204;
    world.receiver.messages.length = 0;
    await world.later('1 day');
    await world.settled();
    expect(world.receiver.messages).toEqual([]);
    expect(await world.deliveries(id, '&state=pending')).toHaveLength(1);

    const enabled = await world.call('PATCH', `/v1/webhooks/${id}`, { state: 'enabled' });
    expect(enabled.body).toMatchObject({ state: 'enabled', disabled_reason: null, failing_since: null });
    await world.settled();
    expect(world.receiver.messages).toHaveLength(1);

    await world.dataSource.query(`UPDATE hub.api_client SET revoked_at = now() WHERE id = $1`, [
      world.owner.id,
    ]);
    await world.event(consent);
    await world.settled();
    expect(world.receiver.messages).toHaveLength(1);
  });

  it('is removed with what waits for it once its client is revoked', async () => {
    await world.webhook({ event_types: ['consent.in_doubt'] });
    world.receiver.answer = () => 503;
    await world.event((await world.given.opened(world.owner)).id);
    await world.settled();
    await world.dataSource.query(`UPDATE hub.api_client SET revoked_at = now() WHERE id = $1`, [
      world.owner.id,
    ]);
    await world.first.app.get(WebhookPruningJob).run();
    expect(await world.dataSource.query(`SELECT FROM hub.webhook_delivery`)).toEqual([]);
    expect(await world.dataSource.query(`SELECT FROM hub.webhook`)).toEqual([]);
  });
});

describe('a delivery that fails', () => {
  it('is tried again by the schedule, then given up, and shows why in a word', async () => {
    world.receiver.answer = () => 500;
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(world.owner)).id;
    await world.event(consent);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await world.settled();
      const [row] = await world.dataSource.query<{ seconds: number }[]>(
        `SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM hub.webhook_delivery`,
      );
      waits.push(row?.seconds ?? 0);
      await world.later('27 hours');
    }
    await world.settled();

    const documented = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (const [index, seconds] of documented.entries()) {
      expect(waits[index]).toBeGreaterThan(0.9 * seconds - 5);
      expect(waits[index]).toBeLessThan(1.1 * seconds);
    }
    expect(world.receiver.messages).toHaveLength(10);
    expect(new Set(world.receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await world.deliveries(id)).toMatchObject([
      { state: 'failed', attempts: 10, last_status: 500, last_error: 'http_500', next_attempt_at: null },
    ]);
  });

  it('waits as long as the receiver asks for', async () => {
    world.receiver.answer = () => ({ status: 429, headers: { 'retry-after': '7200' } });
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    await world.event((await world.given.opened(world.owner)).id);
    await world.settled();
    const [delivery] = await world.deliveries(id);
    const seconds = (Date.parse(delivery?.next_attempt_at ?? '') - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(7100);
    expect(seconds).toBeLessThan(7930);
  });

  it('names the failure in one word, for every behaviour of the receiver', async () => {
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const words: Record<string, () => unknown> = {
      connection_reset: () => (world.receiver.answer = () => 'hang up'),
      http_302: () =>
        (world.receiver.answer = () => ({
          status: 302,
          headers: { location: `${world.receiver.url}/other` },
        })),
      tls_failed: () =>
        world.call('PATCH', `/v1/webhooks/${id}`, {
          url: world.receiver.url.replace('localhost', '[::ffff:127.0.0.1]'),
        }),
      connection_refused: () => world.call('PATCH', `/v1/webhooks/${id}`, { url: 'https://localhost:1/' }),
    };
    const seen = [];
    for (const change of Object.values(words)) {
      await change();
      await world.event((await world.given.opened(world.owner)).id);
      await world.settled();
      seen.push((await world.deliveries(id))[0]?.last_error);
    }
    expect(seen).toEqual(Object.keys(words));
    expect(world.receiver.messages.map(({ path }) => path)).not.toContain('/other');
  });

  it('keeps later events of the same consent back, and no others', async () => {
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const [blocked, free] = [
      (await world.given.opened(world.owner)).id,
      (await world.given.opened(world.owner)).id,
    ];
    world.receiver.answer = ({ event }) => (event.subject === blocked ? 503 : 204);
    for (const note of ['1', '2', '3'])
      for (const consent of [blocked, free]) await world.event(consent, note);
    await world.settled();
    expect(world.receiver.events.filter(({ subject }) => subject === free).map(noteOf)).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(world.receiver.events.filter(({ subject }) => subject === blocked).map(noteOf)).toEqual(['1']);

    world.receiver.answer = () => 204;
    await world.later('10 seconds');
    await world.settled();
    expect(world.receiver.events.filter(({ subject }) => subject === blocked).map(noteOf)).toEqual([
      '1',
      '1',
      '2',
      '3',
    ]);
    expect(await world.deliveries(id, '&state=delivered')).toHaveLength(6);
  });

  it('stops keeping later events back when it is given up', async () => {
    await world.webhook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(world.owner)).id;
    world.receiver.answer = ({ event }) => (noteOf(event) === 'poison' ? 500 : 204);
    await world.event(consent, 'poison');
    await world.event(consent, 'next');
    await world.settled();
    await world.dataSource.query(`UPDATE hub.webhook_delivery SET attempts = 9 WHERE is_head`);
    await world.later('1 day');
    await world.settled();
    expect(world.receiver.events.map(noteOf)).toEqual(['poison', 'poison', 'next']);
  });
});

describe('a webhook that fails', () => {
  const disabledEvents = () =>
    world.dataSource.query<{ data: object }[]>(
      `SELECT data FROM hub.hub_event WHERE type = 'hub.webhook_disabled'`,
    );

  it('is disabled at once when the receiver says that it is gone, with an event for admins', async () => {
    world.receiver.answer = () => 410;
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    await world.event((await world.given.opened(world.owner)).id);
    await world.settled();
    const { body } = await world.call('GET', `/v1/webhooks/${id}`);
    expect(body).toMatchObject({ state: 'disabled', disabled_reason: 'gone' });
    expect(await disabledEvents()).toMatchObject([{ data: { webhook_id: id, reason: 'gone' } }]);
    expect(await world.deliveries(id)).toMatchObject([{ state: 'pending', last_status: 410 }]);
  });

  it('is disabled after five days without one success, not before', async () => {
    const admin = await world.client('admin', ['admin', 'events:read']);
    await world.webhook({ event_types: ['hub.webhook_disabled'], url: `${world.receiver.url}/admin` }, admin);
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    world.receiver.answer = ({ path }) => (path === '/admin' ? 204 : 500);
    const state = async () => (await world.call('GET', `/v1/webhooks/${id}`)).body;
    const fail = async () => {
      await world.event((await world.given.opened(world.owner)).id);
      await world.settled();
    };
    await fail();
    expect(await state()).toMatchObject({ state: 'enabled', failing_since: expect.any(String) });
    await world.webhooksLater('119 hours');
    await fail();
    expect(await state()).toMatchObject({ state: 'enabled' });

    world.receiver.answer = () => 204;
    await fail();
    expect(await state()).toMatchObject({ state: 'enabled', failing_since: null });

    world.receiver.answer = ({ path }) => (path === '/admin' ? 204 : 500);
    await fail();
    await world.webhooksLater('121 hours');
    await fail();
    expect(await state()).toMatchObject({ state: 'disabled', disabled_reason: 'failing' });
    expect(await disabledEvents()).toHaveLength(1);
    await world.goOnUntil(() => world.receiver.messages.some(({ path }) => path === '/admin'));
    expect(world.log.filter((line) => line.includes('webhook disabled'))).toHaveLength(1);
  });
});

describe('a hub that delivers', () => {
  it('keeps to its concurrency for a webhook, whose slowness delays no other one', async () => {
    const slow = await world.webhook({ event_types: ['consent.opened'], url: `${world.receiver.url}/slow` });
    await world.webhook({ event_types: ['consent.opened'], url: `${world.receiver.url}/quick` });
    world.receiver.answer = ({ path }) => (path === '/slow' ? 'silence' : 204);
    for (let n = 0; n < 40; n++) await world.given.opened(world.owner);
    const received = (path: string) =>
      world.receiver.messages.filter((message) => message.path === path).length;
    await world.goOnUntil(() => received('/quick') === 40 && received('/slow') >= 16);
    expect(received('/slow')).toBe(16);
    expect(world.receiver.open).toBe(16);
    world.receiver.answer = () => 204;
    world.receiver.release(204);
    await world.goOnUntil(() => received('/slow') === 40);
    await world.settled();
    expect(await world.deliveries(slow.id, '&state=delivered')).toHaveLength(40);
  });

  it('shares the work with others: two that race deliver each event once', async () => {
    await world.hub();
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const consents = await Promise.all(Array.from({ length: 10 }, () => world.given.opened(world.owner)));
    const writing = consents.map(async (consent) => {
      for (let n = 0; n < 5; n++) await world.event(consent.id, String(n));
    });
    const turning = world.hubs.map(async (hub) => {
      for (let n = 0; n < 30; n++) await world.turn(hub);
    });
    await Promise.all([...writing, ...turning]);
    await world.settled();
    expect(world.receiver.messages).toHaveLength(50);
    for (const consent of consents) {
      const notes = world.receiver.events.filter(({ subject }) => subject === consent.id).map(noteOf);
      expect(notes).toEqual(['0', '1', '2', '3', '4']);
    }
    expect(await world.deliveries(id, '&state=delivered')).toHaveLength(50);
  });

  it('takes over from one that was killed in the middle, whose late end then changes nothing', async () => {
    const second = await world.hub();
    const { id } = await world.webhook({ event_types: ['consent.in_doubt'] });
    const consent = (await world.given.opened(world.owner)).id;
    world.receiver.answer = () => 'silence';
    await world.event(consent, '1');
    await world.event(consent, '2');
    await world.goOnUntil(() => world.receiver.messages.length === 1, [world.first]);
    // While the lease lasts the other hub leaves it alone.
    for (let n = 0; n < 5; n++) await world.turn(second);
    expect(world.receiver.messages).toHaveLength(1);

    world.receiver.answer = () => 204;
    await world.endLeases();
    await world.settled([second]);
    expect(world.receiver.events.map(noteOf)).toEqual(['1', '1', '2']);
    world.receiver.release(500);
    await until(() => world.receiver.open === 0);
    await world.settled();
    expect(await world.deliveries(id)).toMatchObject([
      { state: 'delivered', attempts: 1 },
      { state: 'delivered', attempts: 2 },
    ]);
  });

  it('finishes at its end what is under way, and begins nothing more', async () => {
    const { id } = await world.webhook({ event_types: ['consent.opened'] });
    world.receiver.answer = () => 'silence';
    for (let n = 0; n < 20; n++) await world.given.opened(world.owner);
    await world.goOnUntil(() => world.receiver.messages.length === 16);
    const closing = world.hubs.splice(0).map((hub) => hub.close());
    const left = `SELECT FROM hub.webhook_delivery WHERE state = 'pending' AND lease IS NULL`;
    await until(async () => (await world.dataSource.query<object[]>(left)).length === 4);
    world.receiver.answer = () => 204;
    world.receiver.release(204);
    await Promise.all(closing);
    await world.hub();
    expect(world.receiver.messages).toHaveLength(16);
    const states = (await world.deliveries(id)).map(({ state, attempts }) => `${state} ${attempts}`).sort();
    expect(states).toEqual([...Array(16).fill('delivered 1'), ...Array(4).fill('pending 0')]);
  });
});
