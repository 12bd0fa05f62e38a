import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';
import { ConsoleLinkRepository } from './console-link.repository.js';
import { ConsoleSessionRepository } from './console-session.repository.js';

jest.setTimeout(60_000);

let admin: AdminHub;
let links: ConsoleLinkRepository;
beforeAll(async () => {
  admin = await AdminHub.start();
  links = new ConsoleLinkRepository(admin.dataSource);
});
afterAll(() => admin.close());

const visitor = () => new ConsoleVisitor(admin.hub.url);
const query = <T extends object>(sql: string, values: unknown[] = []) =>
  admin.dataSource.query<T[]>(sql, values);
const sessions = () => query<{ id: string }>('SELECT id FROM hub.console_session ORDER BY id');
const actions = () =>
  query<{ action: string }>('SELECT action, reason, data FROM hub.admin_action ORDER BY at');
/** Everything that a refused request could have changed. */
const state = async () =>
  JSON.stringify([
    await sessions(),
    await actions(),
    await query('SELECT id, used_at FROM hub.console_link ORDER BY id'),
  ]);

describe('a one-time link', () => {
  it('lets in by the button of its page, and not by being opened', async () => {
    const { token } = await links.make('jan', ['viewer', 'operator']);
    const person = visitor();
    const path = `/console/link/${token.reveal()}`;
    for (let times = 0; times < 3; times++) {
      const { status, body } = await person.get(path);
      expect([status, body]).toEqual([200, expect.stringContaining('used up when you press the button')]);
    }
    expect(person.cookies.size).toBe(0);
    const used = await person.post('/console/link', { token: token.reveal() });
    expect([used.status, used.headers.get('location')]).toEqual([303, '/console']);
    const [cookie = ''] = used.headers.getSetCookie();
    expect(cookie).toMatch(/^console=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/);
    const { status, body } = await person.get('/console');
    expect([status, body]).toEqual([200, expect.stringMatching(/<b>jan<\/b> · operator/)]);
  });

  it('lets in one of two who use it at once', async () => {
    const { token } = await links.make('race', ['viewer']);
    const before = (await sessions()).length;
    const both = await Promise.all(
      [visitor(), visitor()].map((person) => person.post('/console/link', { token: token.reveal() })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect((await sessions()).length).toBe(before + 1);
  });

  it.each([
    ['used', 410, 'used already'],
    ['expired', 410, 'has expired'],
    ['unknown', 404, 'is not known'],
    ['malformed', 404, 'is not known'],
  ])('that is %s says so, and changes nothing', async (kind, expected, words) => {
    const { token } = await links.make('late', ['viewer']);
    if (kind === 'used') await visitor().post('/console/link', { token: token.reveal() });
    if (kind === 'expired')
      await query(
        `UPDATE hub.console_link SET expires_at = now() WHERE subject = 'link:late' AND used_at IS NULL`,
      );
    const given = { unknown: 'A'.repeat(43), malformed: 'x' }[kind] ?? token.reveal();
    const before = await state();
    const [opened, used] = [
      await visitor().get(`/console/link/${given}`),
      await visitor().post('/console/link', { token: given }),
    ];
    for (const { status, body } of [opened, used]) {
      expect([status, body]).toEqual([expected, expect.stringContaining(words)]);
      expect(body).toContain('npx consent-hub console link');
    }
    expect(await state()).toBe(before);
  });

  it('is used by its own page alone', async () => {
    const { token } = await links.make('csrf', ['viewer']);
    const before = await state();
    const headers = { 'sec-fetch-site': 'cross-site' };
    const { status, body } = await visitor().post('/console/link', { token: token.reveal() }, headers);
    expect([status, body]).toEqual([403, expect.stringContaining('comes from another site')]);
    expect(await state()).toBe(before);
  });

  it('is stored as a hash', async () => {
    const { token } = await links.make('hash', ['viewer']);
    const rows = await query<{ row: string }>(
      `SELECT l::text AS row FROM hub.console_link l WHERE subject = 'link:hash'`,
    );
    expect(rows[0]?.row).not.toContain(token.reveal());
  });
});

describe('a session', () => {
  it('is asked for by every page, which is then where the person gets', async () => {
    for (const path of [
      '/console',
      '/console/attention',
      '/console/audit',
      '/console/consents?state=failed&attention=any',
    ]) {
      const { status, headers } = await visitor().get(path);
      const location = new URL(headers.get('location') ?? '', admin.hub.url);
      expect([status, location.pathname]).toEqual([303, '/console/sign-in']);
      expect(location.searchParams.get('return_url')).toBe(path === '/console' ? null : path);
    }
  });

  it.each([
    ['ended eight hours after it began', `expires_at = now() - interval '1 second'`],
    ['was idle for thirty minutes', `last_seen_at = now() - interval '30 minutes'`],
    ['was ended', `ended_at = now()`],
  ])('is refused once it %s', async (_why, change) => {
    const person = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'over');
    const csrf = await person.csrf();
    await query(`UPDATE hub.console_session SET ${change} WHERE subject = 'link:over'`);
    expect((await person.get('/console/audit')).status).toBe(303);
    expect((await person.get('/console/now')).status).toBe(401);
    expect((await person.get('/console/live')).status).toBe(401);
    const posted = await person.post('/console/sign-out', { csrf });
    expect([posted.status, posted.body]).toEqual([401, expect.stringContaining('Your session has ended')]);
  });

  it('is extended by each page that the person opens, and by no request of a script', async () => {
    const person = await ConsoleVisitor.signIn(admin, ['viewer'], 'idle');
    const age = async () => {
      const [row] = await query<{ seconds: number }>(
        `SELECT extract(epoch FROM now() - last_seen_at)::int AS seconds FROM hub.console_session WHERE subject = 'link:idle'`,
      );
      return row?.seconds ?? -1;
    };
    await query(
      `UPDATE hub.console_session SET last_seen_at = now() - interval '20 minutes' WHERE subject = 'link:idle'`,
    );
    expect((await person.get('/console/now')).status).toBe(200);
    expect(await age()).toBeGreaterThan(1_000);
    expect((await person.get('/console/audit')).status).toBe(200);
    expect(await age()).toBeLessThan(60);
  });

  it('ends when the person signs out, for every copy of the cookie', async () => {
    const person = await ConsoleVisitor.signIn(admin, ['viewer'], 'leaves');
    const copy = visitor();
    for (const [name, value] of person.cookies) copy.cookies.set(name, value);
    const { status, headers } = await person.submit('/console/sign-out', {});
    expect([status, headers.get('location')]).toEqual([303, '/console/signed-out']);
    expect(person.cookies.size).toBe(0);
    expect((await copy.get('/console')).status).toBe(303);
    expect((await actions()).slice(-1)).toMatchObject([{ action: 'sign_out' }]);
  });

  it('belongs to the holder of the cookie: a made-up cookie opens nothing', async () => {
    const person = visitor();
    person.cookies.set('console', 'B'.repeat(43));
    expect((await person.get('/console')).status).toBe(303);
    person.cookies.set('console', "' OR 1=1 --");
    expect((await person.get('/console')).status).toBe(303);
  });

  it('is deleted some time after its end, with the links', async () => {
    await ConsoleVisitor.signIn(admin, ['viewer'], 'old');
    await query(
      `UPDATE hub.console_session SET expires_at = now() - interval '31 days' WHERE subject = 'link:old'`,
    );
    await query(
      `UPDATE hub.console_link SET expires_at = now() - interval '31 days' WHERE subject = 'link:old'`,
    );
    await new ConsoleSessionRepository(admin.dataSource).deleteOld();
    for (const table of ['console_session', 'console_link'])
      expect(await query(`SELECT FROM hub.${table} WHERE subject = 'link:old'`)).toEqual([]);
    expect(await query(`SELECT FROM hub.admin_action WHERE subject = 'link:old'`)).toHaveLength(1);
  });
});

describe('the sign-in', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/v1/consents',
    '/console/../v1',
    '/consolex',
    '/console?\n',
  ])('refuses to lead to %s', async (elsewhere) => {
    const before = await state();
    const { status, body } = await visitor().get(
      `/console/sign-in?${new URLSearchParams({ return_url: elsewhere })}`,
    );
    expect([status, body]).toEqual([400, expect.stringContaining('leads elsewhere')]);
    expect(await state()).toBe(before);
  });

  it('says how to get a link where there is no identity provider', async () => {
    const { body } = await visitor().get('/console/sign-in');
    expect(body).toContain('npx consent-hub console link');
    expect((await visitor().get('/console/oidc/start')).status).toBe(404);
  });

  it('takes forms for the console alone', async () => {
    const { status } = await visitor().post('/v1/consents', { scope: 'AIS' });
    expect([401, 415]).toContain(status);
    const answer = await fetch(`${admin.hub.url}/v1/erasures`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.adminKey}` },
      body: new URLSearchParams({ psu_ref: 'x' }),
    });
    expect(answer.status).toBe(415);
  });
});

describe('a hub with HUB_CONSOLE=off', () => {
  it('has no console', async () => {
    const off = await AdminHub.start({ HUB_CONSOLE: 'off' });
    const statuses = await Promise.all(
      ['/console', '/console/sign-in', '/console/live.js'].map(
        async (path) => (await fetch(off.hub.url + path)).status,
      ),
    );
    await off.close();
    expect(statuses).toEqual([404, 404, 404]);
  });
});
