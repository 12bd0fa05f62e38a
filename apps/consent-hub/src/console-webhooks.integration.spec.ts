import { DELIVERY_STATES } from '@consent-hub/consent';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../testing/console.harness.js';
import { EventReceiver } from '../testing/event-receiver.harness.js';
import { until } from '../testing/due-consents.harness.js';
import { WebhookDispatchJob } from './webhooks/webhook-dispatch.job.js';
import { WEBHOOKS_OF_ALL } from './webhooks/webhook-overview.query.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let receiver: EventReceiver;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
let hook: { readonly id: string; readonly secret: string };
beforeAll(async () => {
  receiver = await EventReceiver.start();
  admin = await AdminHub.start({
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_CA_FILE: receiver.caFile,
    WEBHOOK_RETRY_SECONDS: '1',
  });
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  const key = await admin.keyOf('listener', ['admin', 'events:read']);
  const { body } = await admin.call('POST', '/v1/webhooks', { url: `${receiver.url}/secret-path` }, key);
  hook = body as unknown as typeof hook;
});
afterAll(async () => {
  await admin.close();
  await receiver.close();
});

const path = (action = '') => `/console/webhooks/${hook.id}${action === '' ? '' : `/${action}`}`;
const audit = () =>
  admin.dataSource.query<{ action: string; reason: string; data: Record<string, unknown> }[]>(
    `SELECT action, reason, data FROM hub.admin_action WHERE data->>'webhook_id' = $1 ORDER BY at DESC, id DESC`,
    [hook.id],
  );
const latest = async () => (await audit())[0];
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
const statesOf = async (): Promise<string[]> =>
  (
    await admin.dataSource.query<{ state: string }[]>(
      'SELECT state FROM hub.webhook_delivery WHERE webhook_id = $1 ORDER BY position',
      [hook.id],
    )
  ).map(({ state }) => state);
/** Lets the hub work until no delivery waits. */
const settle = () =>
  until(async () => {
    await admin.hub.app.get(WebhookDispatchJob).run();
    const states = await statesOf();
    return states.length > 0 && !states.includes('pending');
  });
/** An event that the receiver has refused permanently. */
async function givenUp(): Promise<string> {
  receiver.answer = () => 500;
  const id = await admin.given.live(admin.owner);
  await until(async () => {
    await admin.hub.app.get(WebhookDispatchJob).run();
    await admin.dataSource.query(`UPDATE hub.webhook_delivery SET due_at = now() WHERE lease IS NULL`);
    return (await statesOf()).includes('failed') && !(await statesOf()).includes('pending');
  });
  receiver.answer = () => 204;
  return id;
}

describe('an operator', () => {
  it('sends again what was given up, which is written down first, and delivered', async () => {
    await givenUp();
    expect((await viewer.get('/console/webhooks?show=failing')).body).toContain(hook.id);
    expect((await viewer.get(path())).body).toContain('given up');
    const before = receiver.messages.length;
    const answer = await operator.submit(path('replay'), { what: 'failed', reason: 'the receiver is well' });
    expect(answer.headers.get('location')).toMatch(/\?done=replay&count=[1-9]\d*$/);
    expect(await latest()).toMatchObject({
      action: 'replay_events',
      reason: 'the receiver is well',
      data: { state: 'failed' },
    });
    await settle();
    expect(new Set(await statesOf())).toEqual(new Set(['delivered']));
    expect(receiver.messages.length).toBeGreaterThan(before);
    expect((await viewer.get(`${path()}?state=failed`)).body).toContain('No delivery is like this');
  });

  it('sends one event again, and all after one', async () => {
    const [first] = receiver.events.slice(-2);
    const before = receiver.messages.length;
    await operator.submit(path('replay'), { what: 'events', events: first?.id ?? '', reason: 'lost there' });
    await settle();
    expect(receiver.events.slice(before).map(({ id }) => id)).toEqual([first?.id]);
    await operator.submit(path('replay'), { what: 'after', after: first?.id ?? '', reason: 'lost there' });
    await settle();
    expect(receiver.events.slice(before + 1).map(({ id }) => id)).not.toContain(first?.id);
  });

  it('is refused an event that there is not, and of fields that cannot be read; nothing is done', async () => {
    const before = await dump();
    const unknown = await operator.submit(path('replay'), {
      what: 'events',
      events: 'evt_999999_abc',
      reason: 'lost there',
    });
    expect([unknown.status, unknown.body]).toEqual([404, expect.stringContaining('no such event')]);
    for (const fields of [
      { what: 'after', after: 'x', reason: 'lost' },
      { what: 'events', events: '', reason: 'lost' },
    ] as Record<string, string>[])
      expect(await operator.submit(path('replay'), fields)).toMatchObject({ status: 400 });
    expect(await dump()).toBe(before);
  });

  it('tests it, disables and enables it', async () => {
    const before = receiver.messages.length;
    const tested = await operator.submit(path('test'), { reason: 'after a deployment' });
    expect(tested.body).toContain('It answered 204');
    expect(receiver.events.slice(before).map(({ type }) => type)).toEqual(['hub.test']);
    const disabled = await operator.submit(path('disable'), { reason: 'receiver moves' });
    expect(disabled.headers.get('location')).toBe(`${path()}?done=disable`);
    expect((await viewer.get(path())).body).toContain('disabled: by hand');
    await operator.submit(path('enable'), { reason: 'receiver has moved' });
    expect((await audit()).slice(0, 3).map(({ action }) => action)).toEqual([
      'enable_webhook',
      'disable_webhook',
      'test_webhook',
    ]);
  });

  it('makes another secret, shown once; a form that is sent twice makes no second one', async () => {
    const form = { reason: 'yearly rotation', generation: '1' };
    const made = await operator.submit(path('secret'), form);
    expect([made.status, made.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const [, secret = ''] = /<code id="secret">(whsec_[^<]+)<\/code>/.exec(made.body) ?? [];
    expect(secret).not.toBe('');
    expect(secret).not.toBe(hook.secret);
    const again = await operator.submit(path('secret'), form);
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('Another secret was made')]);
    expect(await dump()).not.toContain(secret);
    expect((await audit()).filter(({ action }) => action === 'rotate_webhook_secret')).toHaveLength(1);
  });
});

describe('an action on a webhook', () => {
  const ACTIONS = ['replay', 'test', 'enable', 'disable', 'secret'] as const;

  it.each(ACTIONS)('of a viewer is refused: %s', async (action) => {
    const before = await dump();
    const sent = receiver.messages.length;
    for (const { status, body } of [
      await viewer.get(path(action)),
      await viewer.submit(path(action), { reason: 'because', what: 'failed', generation: '2' }),
    ])
      expect([status, body]).toEqual([403, expect.stringContaining('needs the role operator')]);
    expect(await dump()).toBe(before);
    expect(receiver.messages).toHaveLength(sent);
  });

  it.each(ACTIONS)('with a forged value or without a reason changes nothing: %s', async (action) => {
    const before = await dump();
    const sent = receiver.messages.length;
    const fields = { what: 'failed', generation: '2' };
    const forged = await operator.post(path(action), { ...fields, reason: 'forged', csrf: 'A'.repeat(43) });
    expect([forged.status, forged.body]).toEqual([403, expect.stringContaining('not one of your session')]);
    const silent = await operator.submit(path(action), { ...fields, reason: ' ' });
    expect([silent.status, silent.body]).toEqual([400, expect.stringContaining('aria-invalid')]);
    expect(await dump()).toBe(before);
    expect(receiver.messages).toHaveLength(sent);
  });

  it('that there is not says so', async () => {
    expect((await operator.get(path('explode'))).status).toBe(404);
    expect((await operator.get('/console/webhooks/0190d8a0-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await operator.get(`${path()}?before=x`)).status).toBe(400);
  });
});

describe('the page of webhooks', () => {
  it('shows no path of a receiver to those who only look', async () => {
    expect((await viewer.get(path())).body).not.toContain('secret-path');
    expect((await viewer.get('/console/webhooks')).body).not.toContain('secret-path');
    expect((await operator.get(path())).body).toContain('secret-path');
  });

  it('reads deliveries by index, however many there are', async () => {
    await admin.dataSource.query(
      `INSERT INTO hub.webhook_delivery (webhook_id, position, event_id, event_type, is_head, due_at, state, ended_at)
       SELECT $1, 1000000 + n, 'evt_' || n, 'consent.failed', false, now(), 'delivered', now() FROM generate_series(1, 30000) n`,
      [hook.id],
    );
    await admin.dataSource.query('ANALYZE hub.webhook_delivery');
    const plan = await admin.dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${WEBHOOKS_OF_ALL}`, [
      null,
    ]);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan on webhook_delivery/);
    const first = await viewer.get(path());
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.body.replaceAll('&amp;', '&')) ?? [];
    expect((await viewer.get(next)).status).toBe(200);
    for (const state of DELIVERY_STATES)
      expect((await viewer.get(`${path()}?state=${state}`)).status).toBe(200);
  });
});
