import { READS_OF_CLIENT } from '@consent-hub/consent';
import { Secret } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
let security: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  security = await ConsoleVisitor.signIn(admin, ['viewer', 'security'], 'sara');
});
afterAll(() => admin.close());

const KEY = /<code id="secret">(ch_[\w-]{43})<\/code>/;
const keyIn = (body: string): string => KEY.exec(body)?.[1] ?? '';
const path = (id: string, action = '') => `/console/clients/${id}${action === '' ? '' : `/${action}`}`;
const audit = (clientId: string) =>
  admin.dataSource.query<
    { action: string; subject: string; reason: string; data: Record<string, unknown> }[]
  >(`SELECT action, subject, reason, data FROM hub.admin_action WHERE data->>'client_id' = $1 ORDER BY at`, [
    clientId,
  ]);
/** Without the sessions, whose last page is dated. */
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
const newClient = async (name: string) => {
  const { client, keyId, key } = await admin.clients.create({ name, permissions: ['consents:read'] });
  return { id: client.id, keyId, key: key.reveal() };
};
const statusWith = async (key: string): Promise<number> =>
  (await admin.call('GET', '/v1/consents?limit=1', undefined, key)).status;

describe('a person of security', () => {
  it('makes an API client, whose key is shown on the answer alone, and stored nowhere', async () => {
    const wanted = {
      ...{ name: 'payments', 'may tokens:read': 'on', 'may consents:read': 'on', 'scope PIS': 'on' },
      ...{ return_urls: 'https://app.example/done\r\n', rate_limit: '50', expires: '7776000' },
    };
    const answer = await security.submit('/console/clients/new', { ...wanted, reason: 'a new service' });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const key = keyIn(answer.body);
    const caller = await admin.clients.findByKey(new Secret(key));
    expect(caller).toMatchObject({
      name: 'payments',
      permissions: new Set(['consents:read', 'tokens:read']),
      tokenScopes: new Set(['PIS']),
      returnUrls: new Set(['https://app.example/done']),
      rateLimit: 50,
    });
    const id = caller?.id ?? '';
    expect(await audit(id)).toEqual([
      {
        action: 'create_api_client',
        subject: 'link:sara',
        reason: 'a new service',
        data: expect.objectContaining({ client: 'payments', key_id: caller?.keyId }) as object,
      },
    ]);
    const pages = [await security.get(path(id)), await viewer.get('/console/clients')];
    for (const { body } of pages) {
      expect(body).toContain(`${key.slice(0, 9)}…`);
      expect(body).not.toContain(key);
    }
    expect(await dump()).not.toContain(key);
  });

  it('gives a client another key; the older one works until the overlap ends', async () => {
    const client = await newClient('rotated');
    const form = { overlap: '3600', expires: '0', newest: client.keyId, reason: 'yearly rotation' };
    const answer = await security.submit(path(client.id, 'rotate'), form);
    const next = keyIn(answer.body);
    expect([await statusWith(client.key), await statusWith(next)]).toEqual([200, 200]);
    const again = await security.submit(path(client.id, 'rotate'), form);
    expect([again.status, again.body]).toEqual([
      409,
      expect.stringContaining('Another key was made in the meantime'),
    ]);
    await admin.dataSource.query(
      `UPDATE hub.api_client_key SET expires_at = expires_at - interval '1 hour' WHERE api_client_id = $1`,
      [client.id],
    );
    expect([await statusWith(client.key), await statusWith(next)]).toEqual([401, 200]);
    expect(await audit(client.id)).toMatchObject([
      { action: 'rotate_api_key', reason: 'yearly rotation', data: { overlap_seconds: 3600 } },
    ]);
  });

  it('revokes one key, and then the client, which gets no other', async () => {
    const client = await newClient('leaked');
    const { key } = await admin.clients.rotate('leaked', { overlapSeconds: 3600 });
    const revoked = await security.submit(path(client.id, `keys/${client.keyId}/revoke`), {
      reason: 'found in a log',
    });
    expect(revoked.headers.get('location')).toBe(`${path(client.id)}?done=revoke_key`);
    expect([await statusWith(client.key), await statusWith(key.reveal())]).toEqual([401, 200]);
    await security.submit(path(client.id, 'revoke'), { reason: 'the service is gone' });
    expect(await statusWith(key.reveal())).toBe(401);
    const { body } = await security.get(path(client.id));
    expect(body).not.toContain(`${path(client.id)}/rotate`);
    const before = await dump();
    const form = { overlap: '0', newest: client.keyId, reason: 'one more' };
    const refused = [
      await security.submit(path(client.id, 'rotate'), form),
      await security.submit(path(client.id, 'revoke'), { reason: 'again' }),
      await security.submit(path(client.id, 'limit'), { rate_limit: '5', reason: 'again' }),
    ];
    for (const answer of refused)
      expect([answer.status, answer.body]).toEqual([409, expect.stringContaining('is revoked')]);
    expect(await dump()).toBe(before);
    expect((await audit(client.id)).map(({ action }) => action)).toEqual([
      'revoke_api_key',
      'revoke_api_client',
    ]);
    expect((await viewer.get('/console/clients')).body).not.toContain('leaked');
    expect((await viewer.get('/console/clients?show=revoked')).body).toContain('leaked');
  });

  it('changes how often a client may call, from the next request on', async () => {
    const client = await newClient('limited');
    const limitOf = async () => (await admin.clients.findByKey(new Secret(client.key)))?.rateLimit;
    expect((await security.get(path(client.id))).body).toContain(`${path(client.id, 'limit')}"`);
    const once = await security.submit(path(client.id, 'limit'), { rate_limit: '1', reason: 'too busy' });
    expect(once.headers.get('location')).toBe(`${path(client.id)}?done=limit`);
    expect(await limitOf()).toBe(1);
    const together = await Promise.all(Array.from({ length: 5 }, () => statusWith(client.key)));
    expect(new Set(together)).toEqual(new Set([200, 429]));
    expect((await security.get(path(client.id, 'limit'))).body).toContain('value="1"');
    for (const [sent, limit] of [
      ['0', 0],
      ['', null],
    ] as const) {
      await security.submit(path(client.id, 'limit'), { rate_limit: sent, reason: 'calm again' });
      expect(await limitOf()).toBe(limit);
    }
    expect(
      (await audit(client.id)).map(({ action, subject, reason, data }) => [action, subject, reason, data]),
    ).toEqual(
      [
        ['too busy', 1],
        ['calm again', 0],
        ['calm again', null],
      ].map(([reason, limit]) => [
        ...['limit_api_client', 'link:sara', reason],
        { client_id: client.id, rate_limit: limit },
      ]),
    );
    const before = await dump();
    for (const wrong of ['-1', '1000001', 'many']) {
      const { status, body } = await security.submit(path(client.id, 'limit'), {
        ...{ rate_limit: wrong, reason: 'because' },
      });
      expect([status, body]).toEqual([400, expect.stringContaining('whole number')]);
      expect(body).toContain(`value="${wrong}"`);
    }
    expect(await dump()).toBe(before);
  });

  it('is shown what is wrong with a form, and what was typed in', async () => {
    await newClient('taken');
    const before = await dump();
    const wrong = { name: 'No Name', return_urls: 'http://evil.example', rate_limit: 'x', reason: ' ' };
    const { status, body } = await security.submit('/console/clients/new', wrong);
    expect(status).toBe(400);
    for (const text of ['Write 1 to 63', 'Choose what it may do', 'Write https addresses', 'whole number'])
      expect(body).toContain(text);
    expect(body).toContain('value="No Name"');
    const taken = { name: 'taken', 'may admin': 'on', reason: 'again' };
    expect(await security.submit('/console/clients/new', taken)).toMatchObject({ status: 409 });
    expect(await dump()).toBe(before);
  });
});

describe('an action on API clients', () => {
  it.each([
    ['a viewer', () => viewer],
    ['an operator', () => operator],
  ] as const)('of %s is refused', async (who, person) => {
    const { id, keyId } = await newClient(`of-${who.replace(/\W/g, '-')}`);
    const forms = ['rotate', 'limit', 'revoke', `keys/${keyId}/revoke`].map((action) => path(id, action));
    const before = await dump();
    for (const form of [...forms, '/console/clients/new'])
      for (const { status, body } of [
        await person().get(form),
        await person().submit(form, { name: 'x', 'may admin': 'on', reason: 'because', newest: keyId }),
      ])
        expect([status, body]).toEqual([403, expect.stringContaining('needs the role security')]);
    expect(await dump()).toBe(before);
    expect((await person().get(path(id))).body).not.toContain('rotate');
    expect((await person().get('/console/clients')).body).not.toContain('clients/new');
  });

  it('with a forged value, or without a reason, changes nothing', async () => {
    const { id, keyId } = await newClient('guarded');
    const forms = ['rotate', 'limit', 'revoke', `keys/${keyId}/revoke`].map((action) => path(id, action));
    const before = await dump();
    for (const form of forms) {
      const forged = await security.post(form, { reason: 'forged', newest: keyId, csrf: 'A'.repeat(43) });
      expect([forged.status, forged.body]).toEqual([403, expect.stringContaining('not one of your session')]);
      const silent = await security.submit(form, { reason: ' ', newest: keyId });
      expect([silent.status, silent.body]).toEqual([400, expect.stringContaining('aria-invalid')]);
    }
    expect(await dump()).toBe(before);
  });

  it('on a client or a key that there is not says so', async () => {
    const gone = '0190d8a0-0000-7000-8000-000000000000';
    expect((await security.get(path(gone))).status).toBe(404);
    expect((await security.get(path('nonsense'))).status).toBe(400);
    const { id } = await newClient('keyed');
    expect((await security.get(path(id, `keys/${gone}/revoke`))).status).toBe(404);
    expect(await security.submit(path(id, `keys/${gone}/revoke`), { reason: 'gone' })).toMatchObject({
      status: 404,
    });
  });
});

describe('the page of an API client', () => {
  it('counts what this hub has answered it, by status and problem', async () => {
    const { id, key } = await newClient('busy');
    await admin.clients.limit('busy', 1);
    await admin.call('GET', '/v1/consents/nonsense', undefined, key);
    await admin.call('GET', '/v1/consents', undefined, key);
    await admin.clients.limit('busy', 0);
    await admin.call('GET', '/v1/consents?limit=1', undefined, key);
    const { body } = await viewer.get(path(id));
    const facts = body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(facts).toContain('Requests 3 Answered 2xx 1 Answered 4xx 2 429, too many a second 1');
    expect(facts).toContain('rate_limited 1');
  });

  it('names the consents whose tokens it was handed, the latest first, by index', async () => {
    const { id } = await newClient('reader');
    const [first, second] = [await admin.given.live(admin.owner), await admin.given.live(admin.owner)];
    await admin.dataSource.query(
      `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
       VALUES ($2, $1, 7, now() - interval '3 hours'), ($3, $1, 5, now() - interval '5 minutes')`,
      [id, first, second],
    );
    const { body } = await viewer.get(path(id));
    expect(body).toMatch(/<b>12<\/b> of <b>2<\/b>/);
    expect([second, first].map((consent) => body.indexOf(consent))).toEqual(
      [second, first].map((consent) => body.indexOf(consent)).sort((one, other) => one - other),
    );
    await admin.dataSource.query(
      `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 1, now() FROM generate_series(1, 50000)`,
    );
    await admin.dataSource.query('ANALYZE hub.token_use');
    const plan = await admin.dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${READS_OF_CLIENT}`, [
      id,
      20,
      10_001,
    ]);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('token_use_client');
  });

  it('names none where it reads the tokens of more consents than are looked at', async () => {
    const { id } = await newClient('large-reader');
    const readMore = (consents: number) =>
      admin.dataSource.query(
        `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
         SELECT gen_random_uuid(), $1, 3, now() FROM generate_series(1, $2::integer)`,
        [id, consents],
      );
    await readMore(10_000);
    expect((await viewer.get(path(id))).body).toMatch(/<b>30\s000<\/b> of <b>10\s000<\/b>/);
    await readMore(1);
    expect((await viewer.get(path(id))).body).toMatch(/Of more than <b>10\s000<\/b> consents/);
  });
});
